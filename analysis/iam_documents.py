"""Reads IAM policy documents: who may do what on what, under which conditions."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast

_WHO = (
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
"""Condition keys, in lower case, that say who asks. How one asks (TLS, a user agent) limits nobody."""

_WHAT = (
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
"""The same that say for what."""


@dataclass(frozen=True)
class Statement:
    """A statement with every one-or-many field as a tuple."""

    allows: bool
    actions: tuple[str, ...]
    """`*` if it says which actions it is not about."""
    resources: tuple[str, ...]
    """`*` if it says which resources it is not about."""
    principals: dict[str, tuple[str, ...]]
    """By kind (`AWS`, `Service`, `Federated`); everybody, and everybody but some, is `{"AWS": ("*",)}`."""
    condition: dict[str, dict[str, Any]]

    @property
    def everybody(self) -> bool:
        """Whether it is about any principal of a kind."""
        return any(is_everything(each) for principals in self.principals.values() for each in principals)

    @property
    def limits_who(self) -> bool:
        """Whether a condition narrows who may ask."""
        return self._limited(_WHO)

    @property
    def limits_what(self) -> bool:
        """Whether a condition narrows what may be asked for."""
        return self._limited(_WHAT)

    def _limited(self, known: Iterable[str]) -> bool:
        return any(
            any(fnmatchcase(key.lower(), pattern) for pattern in known) and _narrows(operator.lower(), _many(value))
            for operator, keys in self.condition.items()
            for key, value in keys.items()
        )

    def condition_keys(self, operator: str) -> dict[str, tuple[str, ...]]:
        """Values by condition key, for one operator."""
        return {key: _many(value) for key, value in self.condition.get(operator, {}).items()}

    def may(self, *actions: str) -> bool:
        """Whether its actions, which may be patterns, and these have one in common. Case does not count to IAM."""
        return any(overlap(own.lower(), other.lower()) for own in self.actions for other in actions)


def statements(text: Any) -> Iterator[Statement]:
    """The statements of a document.

    Raises:
        ValueError: It is no policy document.
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
    """Whether a pattern is nothing but wildcards."""
    return not pattern.strip("*?") and "*" in pattern


def overlap(one: str, other: str) -> bool:
    """Whether one of the two patterns covers the other, as far as a pattern can be read as a name."""
    return fnmatchcase(one, _literal(other)) or fnmatchcase(other, _literal(one))


def _literal(pattern: str) -> str:
    # IAM knows no character classes.
    return pattern.replace("[", "[[]")


def _statement(entry: dict[str, Any]) -> Statement:
    principal = entry.get("Principal", {})
    if "NotPrincipal" in entry:
        principal = "*"
    # A principal without its kind is one of AWS's.
    kinds = cast(dict[str, Any], principal) if isinstance(principal, dict) else {"AWS": principal}
    return Statement(
        allows=entry.get("Effect") == "Allow",
        actions=("*",) if "NotAction" in entry else _names(entry.get("Action", ())),
        resources=("*",) if "NotResource" in entry else _names(entry.get("Resource", ())),
        principals={kind: _names(of) for kind, of in kinds.items()},
        condition=entry.get("Condition") or {},
    )


def _narrows(operator: str, values: Iterable[Any]) -> bool:
    # What is so of a missing key too, or of everything but some values, leaves most of the world in.
    if "not" in operator or operator.endswith("ifexists") or operator.startswith("forallvalues:"):
        return False
    if operator == "null":
        return all(str(value).lower() == "false" for value in values)
    return not any(is_everything(str(value)) for value in values)


def _names(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in _many(value))


def _many(value: Any) -> tuple[Any, ...]:
    return tuple(cast(list[Any], value)) if isinstance(value, list | tuple) else (value,)
