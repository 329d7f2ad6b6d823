"""Converts between the engine's protobuf structs and plain Python values."""

from collections.abc import Mapping
from typing import Any, cast

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

UNKNOWN: str = rpc.UNKNOWN
"""Stands for a value that is known only after a resource has been created."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Convert a struct to a dictionary: whole numbers become `int`, and secrets and outputs their plain value."""
    return cast(dict[str, Any], _simplify(json_format.MessageToDict(struct)))


def _simplify(value: Any) -> Any:
    if isinstance(value, dict):
        mapping = cast(dict[str, Any], value)
        if _SIGNATURE in mapping:
            return _simplify(mapping["value"]) if "value" in mapping else UNKNOWN if len(mapping) == 1 else mapping
        return {key: _simplify(item) for key, item in mapping.items()}
    if isinstance(value, list):
        return [_simplify(item) for item in cast(list[Any], value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Convert a dictionary to a struct; keys with the value None are left out."""
    struct = struct_pb2.Struct()
    json_format.ParseDict({key: value for key, value in properties.items() if value is not None}, struct)
    return struct


def differences(old: Any, new: Any, path: str = "") -> dict[str, str]:
    """Return `add`, `update` or `delete` by property path at which two values differ."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        before, after = cast(Mapping[str, Any], old), cast(Mapping[str, Any], new)
        found: dict[str, str] = {}
        for key in sorted({*before, *after}):
            step = key if key.isidentifier() else f'["{key}"]'
            below = f"{path}.{step}" if path and not step.startswith("[") else f"{path}{step}"
            if before.get(key) is None and after.get(key) is not None:
                found[below] = "add"
            elif after.get(key) is None and before.get(key) is not None:
                found[below] = "delete"
            else:
                found |= differences(before.get(key), after.get(key), below)
        return found
    if isinstance(old, list) and isinstance(new, list):
        before_items, after_items = cast(list[Any], old), cast(list[Any], new)
        found = {}
        for index in range(max(len(before_items), len(after_items))):
            below = f"{path}[{index}]"
            if index >= len(before_items):
                found[below] = "add"
            elif index >= len(after_items):
                found[below] = "delete"
            else:
                found |= differences(before_items[index], after_items[index], below)
        return found
    return {} if old == new else {path: "update"}
