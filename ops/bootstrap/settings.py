"""Names, and whom they are for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

ALIAS = "alias/openmarket-pulumi"
"""The KMS key for the state and for the secrets in it."""

TAGS = {"Project": "openmarket", "ManagedBy": "bootstrap"}

_OWNER = r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*"
_NAME = r"(?!\.{1,2}(@|$))[A-Za-z0-9._-]+"
_ID = r"(@[0-9]+)?"
REPOSITORY = re.compile(f"{_OWNER}{_ID}/{_NAME}{_ID}")
"""As GitHub's identity tokens have it: `owner/name`, or `owner@123/name@456` with immutable subject claims."""


@dataclass(frozen=True)
class Account:
    """One AWS account: its id, region and partition, and the stacks that live in it."""

    id: str
    partition: str
    region: str
    stacks: Sequence[str]
    repository: str

    @property
    def bucket(self) -> str:
        """The bucket for the state. Names are global: the account's id keeps them apart."""
        return f"openmarket-pulumi-state-{self.id}-{self.region}"

    @property
    def bucket_arn(self) -> str:
        """The bucket's ARN."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    def arn(self, service: str, resource: str, region: str = "") -> str:
        """The ARN of something in the account."""
        return f"arn:{self.partition}:{service}:{region}:{self.id}:{resource}"
