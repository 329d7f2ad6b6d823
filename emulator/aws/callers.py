"""Evaluates the caller's own IAM policies, where the account knows of them.

The caller is known if its role is in the account, or if `OPENMARKET_EMULATOR_CALLER_POLICIES` says which of AWS's
managed policies it has. Any other caller is an administrator of the account.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from emulator.aws import iam
from emulator.aws.identity import PARTITION, Identity, principal
from emulator.aws.managed_policies import MANAGED_POLICIES
from emulator.aws.tokens import ROLE
from emulator.plugins.provider import ProviderError

_POLICIES = "OPENMARKET_EMULATOR_CALLER_POLICIES"
_BOUNDARY = "OPENMARKET_EMULATOR_CALLER_BOUNDARY"
_MANAGED = f"arn:{PARTITION}:iam::aws:policy/"


def check(store: iam.Finder, identity: Identity, action: str, resource: str = "*") -> None:
    """Refuse what the caller may not do. Without an action there is nothing to check.

    Raises:
        ProviderError: AWS's `AccessDeniedException`, with the caller, the action and the resource.
    """
    if not action or _allowed(store, identity, action, resource):
        return
    raise ProviderError(
        f"AccessDeniedException: User: {identity.caller_arn} is not authorized to perform: {action} on resource: "
        f"{resource} because no identity-based policy allows the {action} action"
    )


def resource_of(outputs: Mapping[str, Any]) -> str:
    """The ARN that policies name an object by; `*` where the emulator knows none."""
    if "arn" in outputs:
        return str(outputs["arn"])
    bucket = outputs.get("bucket")
    return f"arn:{PARTITION}:s3:::{bucket}" if bucket else "*"


def _allowed(store: iam.Finder, identity: Identity, action: str, resource: str) -> bool:
    declared = _declared(_POLICIES)
    # They are the caller's, and not those of a role that it assumes.
    if declared and not identity.session_arn:
        boundary = _declared(_BOUNDARY)
        return iam.managed_allow(declared, action) and (not boundary or iam.managed_allow(boundary, action))
    roles = store.find(ROLE)
    role = next((each for each in roles if principal(each.outputs["arn"]) == identity.principal_arn), None)
    return role is None or iam.allows(store, role.outputs["arn"], action, resource)


def _declared(variable: str) -> Sequence[str]:
    """ARNs of the managed policies in an environment variable, which has names or ARNs, separated by commas."""
    names = [name.strip() for name in os.environ.get(variable, "").split(",") if name.strip()]
    arns = [name if name.startswith("arn:") else _MANAGED + name for name in names]
    if unknown := [name for name, arn in zip(names, arns, strict=True) if arn not in MANAGED_POLICIES]:
        known = ", ".join(arn.removeprefix(_MANAGED) for arn in MANAGED_POLICIES)
        raise ProviderError(f"{variable} has {unknown[0]!r}; the emulator knows the managed policies {known}")
    return arns
