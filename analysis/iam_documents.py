"""Parses IAM policy documents into statements of principals, actions, resources and conditions."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast

_PRINCIPAL_KEYS = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "kms:calleraccount",
)
"""Condition keys, in lower case, that restrict the principal. Keys about the request (TLS, user agent) do not."""

_RESOURCE_KEYS = (
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourcetag/*",
    "aws:requesttag/*",
    "*:resourcetag/*",
    "iam:awsservicename",
    "iam:policyarn",
    "kms:encryptioncontext:*",
    "kms:grantisforawsresource",
    "kms:viaservice",
    "secretsmanager:resource/*",
)
"""Condition keys, in lower case, that restrict the resource or the purpose of the request."""


@dataclass(frozen=True)
class Statement:
    """A statement of a policy, with fields that may be one string or a list as tuples."""

    allows: bool
    actions: tuple[str, ...]
    """Action patterns; `*` if the statement uses NotAction."""
    resources: tuple[str, ...]
    """Resource patterns; `*` if the statement uses NotResource."""
    principals: dict[str, tuple[str, ...]]
    """Principals by kind (`AWS`, `Service`, `Federated`); `{"AWS": ("*",)}` for `*` and for NotPrincipal."""
    condition: dict[str, dict[str, Any]]

    @property
    def everybody(self) -> bool:
        """True if the statement applies to any principal of some kind."""
        return any(is_everything(each) for principals in self.principals.values() for each in principals)

    @property
    def limits_principals(self) -> bool:
        """True if a condition restricts the principals."""
        return self._limited(_PRINCIPAL_KEYS)

    @property
    def limits_resources(self) -> bool:
        """True if a condition restricts the resources or the purpose."""
        return self._limited(_RESOURCE_KEYS)

    def _limited(self, known: Iterable[str]) -> bool:
        return any(
            any(fnmatchcase(key.lower(), pattern) for pattern in known) and _narrows(operator.lower(), _many(value))
            for operator, keys in self.condition.items()
            for key, value in keys.items()
        )

    def condition_keys(self, operator: str) -> dict[str, tuple[str, ...]]:
        """Return the values by condition key, for one operator."""
        return {key: _many(value) for key, value in self.condition.get(operator, {}).items()}

    def may(self, *actions: str) -> bool:
        """Return whether an action of the statement and one of these overlap. IAM ignores the case of actions."""
        return any(overlap(own.lower(), other.lower()) for own in self.actions for other in actions)


def statements(text: Any) -> Iterator[Statement]:
    """Yield the statements of a document; none if the document is None or empty.

    Raises:
        ValueError: The text is not a policy document.
    """
    if text is None or text == "":
        return
    try:
        document = json.loads(text)
    except (TypeError, ValueError):
        raise ValueError("the policy is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("the policy is not an object")
    for entry in _many(cast(dict[str, Any], document).get("Statement", ())):
        if not isinstance(entry, dict):
            raise ValueError("a statement of the policy is not an object")
        yield _statement(cast(dict[str, Any], entry))


def is_everything(pattern: str) -> bool:
    """Return whether the pattern consists of wildcards only."""
    return not pattern.strip("*?") and "*" in pattern


def overlap(one: str, other: str) -> bool:
    """Return whether one of the two patterns matches the other, taken as a literal name."""
    return fnmatchcase(one, _literal(other)) or fnmatchcase(other, _literal(one))


def _literal(pattern: str) -> str:
    # IAM knows no character classes.
    return pattern.replace("[", "[[]")


def _statement(entry: dict[str, Any]) -> Statement:
    principal = entry.get("Principal", {})
    if "NotPrincipal" in entry:
        principal = "*"
    # A principal that is a plain string is of kind AWS.
    kinds = cast(dict[str, Any], principal) if isinstance(principal, dict) else {"AWS": principal}
    return Statement(
        allows=entry.get("Effect") == "Allow",
        actions=("*",) if "NotAction" in entry else _names(entry.get("Action", ())),
        resources=("*",) if "NotResource" in entry else _names(entry.get("Resource", ())),
        principals={kind: _names(of) for kind, of in kinds.items()},
        condition=entry.get("Condition") or {},
    )


def _narrows(operator: str, values: Iterable[Any]) -> bool:
    # An operator that a missing key satisfies, or that excludes some values only, restricts nothing.
    if "not" in operator or operator.endswith("ifexists") or operator.startswith("forallvalues:"):
        return False
    if operator == "null":
        return all(str(value).lower() == "false" for value in values)
    return not any(is_everything(str(value)) for value in values)


def _names(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in _many(value))


def _many(value: Any) -> tuple[Any, ...]:
    return tuple(cast(list[Any], value)) if isinstance(value, list | tuple) else (value,)
