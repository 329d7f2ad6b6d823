"""IAM policy documents, read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from policies.resources import Resource


@dataclass(frozen=True)
class Statement:
    """A statement with every one-or-many field as a tuple."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: dict[str, tuple[str, ...]]
    """By kind (`AWS`, `Service`, `Federated`); everybody is `{"AWS": ("*",)}`."""
    condition: dict[str, dict[str, Any]]

    def condition_keys(self, operator: str) -> dict[str, tuple[str, ...]]:
        """Values by condition key, for one operator."""
        return {key: _many(value) for key, value in self.condition.get(operator, {}).items()}


def statements(resource: Resource, property_: str) -> Iterator[Statement]:
    """The statements of the document in a property; none if there is no document."""
    text = resource.props.get(property_)
    if not isinstance(text, str) or not text:
        return
    for entry in _many(json.loads(text).get("Statement", ())):
        statement = cast(dict[str, Any], entry)
        principal = statement.get("Principal", {})
        yield Statement(
            allows=statement.get("Effect") == "Allow",
            actions=_many(statement.get("Action", ())),
            resources=_many(statement.get("Resource", ())),
            principals={"AWS": ("*",)} if principal == "*" else {kind: _many(of) for kind, of in principal.items()},
            condition=statement.get("Condition", {}),
        )


def _many(value: Any) -> tuple[Any, ...]:
    return tuple(cast(list[Any], value)) if isinstance(value, list | tuple) else (value,)
