"""Names of the resources that `bootstrap` creates, and the account they are in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

ALIAS = "alias/openmarket-pulumi"
"""Alias of the KMS key that encrypts the state and the secrets in it."""

TAGS = {"Project": "openmarket", "ManagedBy": "bootstrap"}

_OWNER = r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*"
_NAME = r"(?!\.{1,2}(@|$))[A-Za-z0-9._-]+"
_ID = r"(@[0-9]+)?"
REPOSITORY = re.compile(f"{_OWNER}{_ID}/{_NAME}{_ID}")
"""Matches a repository as in GitHub's OIDC tokens: `owner/name`, or `owner@123/name@456` with immutable subjects."""


@dataclass(frozen=True)
class Account:
    """An AWS account with its partition and region, the stacks in it, and the repository whose workflows use it."""

    id: str
    partition: str
    region: str
    stacks: Sequence[str]
    repository: str

    @property
    def bucket(self) -> str:
        """Name of the bucket for the state. It contains the account's id, because bucket names are global."""
        return f"openmarket-pulumi-state-{self.id}-{self.region}"

    @property
    def bucket_arn(self) -> str:
        """ARN of the bucket for the state."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    def arn(self, service: str, resource: str, region: str = "") -> str:
        """Return the ARN of a resource in the account."""
        return f"arn:{self.partition}:{service}:{region}:{self.id}:{resource}"
