"""Parts of a resource's inputs, whatever a program has put there."""

from collections.abc import Mapping
from typing import Any, cast


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, or nothing where it is no mapping."""
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}


def elements(value: Any) -> list[Any]:
    """The value, or nothing where it is no list."""
    return cast(list[Any], value) if isinstance(value, list) else []
