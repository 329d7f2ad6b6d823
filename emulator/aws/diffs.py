"""Decides whether a change of inputs updates a resource in place or replaces it."""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

from emulator.aws import oracle
from emulator.aws.resource_type import ResourceType
from emulator.plugins.provider import Diff, Properties
from emulator.plugins.values import differences

DEFAULTS = "__defaults"
"""The input in which bridged providers note which inputs they generated themselves."""


def with_generated_name(
    type_: ResourceType, name: str, inputs: Properties, old: Properties, seed: bytes
) -> dict[str, Any]:
    """The inputs with a name: the program's, the one generated earlier, or `<name>-<7 hexadecimal digits>`."""
    property_ = type_.name_property
    filled = {key: value for key, value in inputs.items() if value is not None}
    if not property_ or property_ in filled:
        return filled
    suffix = hashlib.sha256(seed + name.encode()).hexdigest()
    prefix = filled.get(f"{property_}Prefix")
    generated = f"{prefix}{suffix[:26]}" if prefix else f"{_physical_prefix(type_)}{name}-{suffix[:7]}"
    if property_ in old.get(DEFAULTS, []):
        generated = old[property_]
    return filled | {property_: generated, DEFAULTS: [*filled.get(DEFAULTS, []), property_]}


def _physical_prefix(type_: ResourceType) -> str:
    return "alias/" if type_.oracle == "AWS::KMS::Alias" else ""


def diff(type_: ResourceType, old: Properties, new: Properties) -> Diff:
    """Compare inputs; a replaced resource with a name that the program fixed has to be deleted first."""
    paths = differences(_visible(old), _visible(new))
    replacing = oracle.replaces(type_) | {
        each for each, does in type_.replaces_when.items() if does(old.get(each), new.get(each))
    }
    replaces = frozenset(path for path in paths if any(_touches(path, each, old, new) for each in replacing))
    fixed_name = bool(type_.name_property) and type_.name_property not in new.get(DEFAULTS, [])
    return Diff(paths, replaces, delete_before_replace=bool(replaces) and (fixed_name or type_.deletes_first))


def _visible(properties: Properties) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if not key.startswith("__")}


def _touches(path: str, replacing: str, old: Properties, new: Properties) -> bool:
    """True if a changed path lies below a replacing property, or was added or removed with one inside."""
    if path == replacing or path.startswith((f"{replacing}.", f"{replacing}[")):
        return True
    if replacing.startswith(f"{path}."):
        return _at(old, replacing) != _at(new, replacing)
    return False


def _at(properties: Properties, path: str) -> Any:
    value: Any = properties
    for step in path.split("."):
        value = cast(Mapping[str, Any], value).get(step) if isinstance(value, Mapping) else None
    return value
