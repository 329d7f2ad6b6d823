"""Plays STS for provider instances that assume a role.

The simulated account is the only one. A role of its own has to exist and to trust the caller; a role of another account
is taken to trust it, and to be allowed what it is used for. The caller itself needs `sts:AssumeRole` either way.
"""

from collections.abc import Mapping
from typing import Any

from emulator.aws import callers, iam
from emulator.aws.identity import PARTITION, Identity, identity
from emulator.aws.tokens import ROLE
from emulator.plugins.provider import ProviderError

_ACTION = "sts:AssumeRole"


def assumed(store: iam.Finder, config: Mapping[str, Any]) -> Identity:
    """The identity that a provider's configuration leads to, after all roles that it assumes one after the other.

    Raises:
        ProviderError: A role cannot be assumed, or leads into an account that the configuration does not allow.
    """
    roles = [str(each["roleArn"]) for each in config.get("assumeRoles") or []]
    if not roles:
        return identity(config)
    allowed = [str(account) for account in config.get("allowedAccountIds") or []]
    caller = identity({"region": config.get("region")})
    for role, options in zip(roles, config["assumeRoles"], strict=True):
        _check(store, caller, role)
        account = role.split(":")[4]
        name, session = role.rpartition("/")[2], options.get("sessionName") or "emulator"
        caller = Identity(account, caller.region, f"arn:{PARTITION}:sts::{account}:assumed-role/{name}/{session}")
    if allowed and caller.account not in allowed:
        raise ProviderError(f"AWS account ID not allowed: {caller.account}")
    return caller


def _check(store: iam.Finder, caller: Identity, role: str) -> None:
    try:
        callers.check(store, caller, _ACTION, role)
    except ProviderError as error:
        raise ProviderError(f"Cannot assume IAM Role ({role}): {error}") from None
    if role.split(":")[4] == caller.account and not (
        store.find(ROLE, arn=role) and iam.trusts_principal(store, role, caller.principal_arn)
    ):
        raise ProviderError(
            f"Cannot assume IAM Role ({role}): AccessDenied: User: {caller.caller_arn} is not authorized to perform: "
            f"{_ACTION} on resource: {role}"
        )
