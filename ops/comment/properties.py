"""Compares two sets of inputs property by property."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from analysis.preview import SECRET, UNKNOWN, Step
from analysis.redaction import redacted
from ops.comment.names import Names

ABSENT = object()
"""Stands for the value of a property that is not set."""
_INTERNAL = {"__defaults", "__internal"}
_TAGS = {"tags", "tagsAll"}
_KEYS = ("name", "Sid", "sid", "key", "secretKey", "id", "port")
"""Properties that identify the elements of a list, if all of them have one."""


@dataclass(frozen=True)
class Entry:
    """A property that changes.

    Attributes:
        path: Path of the property.
        old: Value before the change; `ABSENT` if it is not set.
        new: Value after the change; `ABSENT` if it is not set.
        replaces: True if its change forces the replacement of the resource.
    """

    path: str
    old: Any
    new: Any
    replaces: bool = False


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the value if it is a mapping, or an empty one."""
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}


def elements(value: Any) -> list[Any]:
    """Return the value if it is a list, or an empty one."""
    return cast(list[Any], value) if isinstance(value, list) else []


def entries(step: Step, names: Names) -> list[Entry]:
    """Return the properties that a step changes, with readable names and without secrets."""
    old, new = (_shown(state.inputs) if state else {} for state in (step.old, step.new))
    for generated in elements(step.new.inputs.get("__defaults")) if step.new else []:
        # Generated names differ in each preview.
        old.pop(str(generated), None)
        new.pop(str(generated), None)
    found = [
        Entry(names.readable(path), names.value(before), names.value(after), _replaces(path, step.replace_reasons))
        for path, before, after in _compare(old, new)
    ]
    if not found and step.op in ("update", "replace"):
        # The inputs are unchanged, so the difference is in the actual resource: drift.
        found = [
            Entry(path, _at(step.old.outputs if step.old else {}, path, names), _at(new, path, names))
            for path in step.detailed_diff or ()
        ]
    listed = {root(entry.path) for entry in found}
    hidden = [path for path in step.detailed_diff or () if root(path) not in listed and _at(new, path, names) == SECRET]
    # A secret that changes is `[secret]` on both sides.
    return found + [Entry(path, SECRET, SECRET, _replaces(path, step.replace_reasons)) for path in hidden]


def shown(value: Any) -> str:
    """Return a value as text on one line."""
    if value is ABSENT:
        return "(none)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def root(path: str) -> str:
    """Return the top-level property of a path."""
    return path.split(".")[0].split("[")[0]


def within(path: str, property_: str) -> bool:
    """Return whether a path is the property or inside of it."""
    return path == property_ or path.startswith((f"{property_}.", f"{property_}["))


def _shown(inputs: Mapping[str, Any]) -> dict[str, Any]:
    # `tagsAll` contains `tags` and the default tags, so `tags` would repeat them.
    hidden = _INTERNAL | {"tags"} if inputs.keys() >= _TAGS else _INTERNAL
    return redacted({key: _parsed(value) for key, value in inputs.items() if key not in hidden})


def _parsed(value: Any) -> Any:
    """Return the value with strings of JSON parsed."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return _parsed(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, list):
        return [_parsed(each) for each in cast(list[Any], value)]
    if isinstance(value, dict):
        return {key: _parsed(each) for key, each in cast(dict[str, Any], value).items() if key not in _INTERNAL}
    return value


def _compare(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    if isinstance(old, list) and isinstance(new, list):
        old, new = _keyed(cast(list[Any], old), cast(list[Any], new))
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield path, old, new
        return
    before, after = cast(dict[str, Any], old), cast(dict[str, Any], new)
    for key in [*before, *(key for key in after if key not in before)]:
        yield from _compare(before.get(key, ABSENT), after.get(key, ABSENT), _below(path, key))


def _below(path: str, key: str) -> str:
    if key.startswith("["):
        return f"{path}{key}"
    if not path:
        return key
    return f"{path}.{key}" if key.replace("_", "").replace("-", "").isalnum() else f'{path}["{key}"]'


def _keyed(old: list[Any], new: list[Any]) -> tuple[Any, Any]:
    """Convert two lists to mappings by a property that identifies their elements, or by position if there is none."""
    for key in _KEYS:
        sides = [_by_key(side, key) for side in (old, new)]
        if all(side is not None for side in sides):
            return sides[0], sides[1]
    if not any(isinstance(each, (dict, list)) for each in (*old, *new)) and {*old} != {*new}:
        # Of simple values only the added and removed ones matter, not their positions.
        kept = {*old} & {*new}
        before, after = ([each for each in side if each not in kept] or ABSENT for side in (old, new))
        return before, after
    before, after = ({f"[{place}]": each for place, each in enumerate(side)} for side in (old, new))
    return before, after


def _by_key(side: list[Any], key: str) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for each in side:
        name: Any = cast(Mapping[str, Any], each).get(key) if isinstance(each, Mapping) else None
        if not isinstance(name, (str, int)):
            return None
        found[f"[{name}]"] = each
    return found if len(found) == len(side) else None


def _replaces(path: str, reasons: tuple[str, ...]) -> bool:
    return any(root(path) == root(reason) for reason in reasons)


def _at(values: Mapping[str, Any], path: str, names: Names) -> Any:
    """Return the value at a path of the engine; `ABSENT` if there is none."""
    value: Any = values
    for part in path.replace("[", ".").replace("]", "").replace('"', "").split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(cast(list[Any], value)):
            value = cast(list[Any], value)[int(part)]
        elif isinstance(value, Mapping) and part in value:
            value = cast(Mapping[str, Any], value)[part]
        else:
            return ABSENT
    return names.value(redacted(value, path))


def is_unknown(value: Any) -> bool:
    """Return whether a value, or a part of it, is known only after the update."""
    if isinstance(value, str):
        return UNKNOWN in value
    if isinstance(value, Mapping):
        return any(is_unknown(each) for each in cast(Mapping[str, Any], value).values())
    return isinstance(value, list) and any(is_unknown(each) for each in cast(list[Any], value))
