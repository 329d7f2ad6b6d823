"""Decides by the policy of a resource itself whether an AWS service may use it."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, cast

from emulator.aws.iam import as_list, covers, statements_of

_OPERATORS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": fnmatchcase,
    "ArnEquals": fnmatchcase,
    "ArnLike": fnmatchcase,
}


def allows_service(document: str, service: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Return whether the policy lets a service such as `cloudwatch.amazonaws.com` do the action.

    Args:
        document: The policy, JSON.
        context: Values of the request's condition keys. A condition on another key, or by an operator that is not known
            here, is not met.
    """
    effects = {
        str(statement["Effect"])
        for statement in statements_of(document)
        if _names(statement.get("Principal"), service)
        and covers({"Resource": "*", **statement}, action, resource)
        and _met(statement.get("Condition") or {}, context)
    }
    return effects == {"Allow"}


def _names(principal: Any, service: str) -> bool:
    if isinstance(principal, Mapping):
        return service in as_list(cast(Mapping[str, Any], principal).get("Service"))
    return principal == "*"


def _met(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    known = {key.lower(): value for key, value in context.items()}
    return all(
        operator in _OPERATORS
        and key.lower() in known
        and any(_OPERATORS[operator](known[key.lower()], str(wanted)) for wanted in as_list(wanteds))
        for operator, keys in conditions.items()
        for key, wanteds in keys.items()
    )
