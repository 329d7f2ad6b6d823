"""The identity of the emulator's caller: account, region and role, as STS would answer."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.paths import SETTINGS
from emulator.plugins.provider import ProviderError

DEFAULT_ACCOUNT, DEFAULT_REGION = SETTINGS.account, SETTINGS.region
PARTITION = "aws"
DNS_SUFFIX = "amazonaws.com"


@dataclass(frozen=True)
class Identity:
    """The simulated account as one provider instance sees it."""

    account: str = DEFAULT_ACCOUNT
    region: str = DEFAULT_REGION
    session_arn: str = ""
    """The session of a role that the provider instance has assumed; empty without one."""

    @property
    def caller_arn(self) -> str:
        """The session that deploys; `OPENMARKET_EMULATOR_CALLER` names another one."""
        if self.session_arn:
            return self.session_arn
        session = f"arn:{PARTITION}:sts::{self.account}:assumed-role/{SETTINGS.role}/emulator"
        return os.environ.get("OPENMARKET_EMULATOR_CALLER", session)

    @property
    def principal_arn(self) -> str:
        """The caller as IAM and EKS access entries name it: the role behind an assumed-role session."""
        return principal(self.caller_arn)


def principal(arn: str) -> str:
    """The identity behind an ARN: the role of an assumed-role session, and a role without its path, as STS has it."""
    _, partition, service, _, account, resource = arn.split(":", 5)
    kind, *rest = resource.split("/")
    if service == "sts" and kind == "assumed-role":
        return f"arn:{partition}:iam::{account}:role/{rest[0]}"
    return f"arn:{partition}:iam::{account}:role/{rest[-1]}" if kind == "role" else arn


def identity(config: Mapping[str, Any]) -> Identity:
    """The identity that a provider's configuration leads to.

    Raises:
        ProviderError: The account is not one that the configuration allows.
    """
    allowed = [str(account) for account in config.get("allowedAccountIds") or []]
    forbidden = [str(account) for account in config.get("forbiddenAccountIds") or []]
    account = allowed[0] if allowed else DEFAULT_ACCOUNT
    if account in forbidden:
        raise ProviderError(f"AWS account ID not allowed: {account} is in forbiddenAccountIds {forbidden}")
    return Identity(account, config.get("region") or DEFAULT_REGION)
