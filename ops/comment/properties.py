"""What differs between two sets of inputs, property by property."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from analysis.preview import SECRET, UNKNOWN, Step
from analysis.redaction import redacted
from ops.comment.names import Names
from ops.comment.values import elements

ABSENT = object()
"""In place of a value where there is none."""
_INTERNAL = {"__defaults", "__internal"}
_TAGS = {"tags", "tagsAll"}
_KEYS = ("name", "Sid", "sid", "key", "secretKey", "id", "port")
"""What tells the elements of a list apart, if all of them have it."""


@dataclass(frozen=True)
class Entry:
    """One property with its values on both sides; `ABSENT` where it is not set."""

    path: str
    old: Any
    new: Any
    replaces: bool = False
    """Whether it is what the resource is replaced for."""


def entries(step: Step, names: Names) -> list[Entry]:
    """What a step changes, with names that people know and without secrets."""
    old, new = (_shown(state.inputs) if state else {} for state in (step.old, step.new))
    for generated in elements(step.new.inputs.get("__defaults")) if step.new else []:
        # A name of the engine's making is another one at each preview.
        old.pop(str(generated), None)
        new.pop(str(generated), None)
    found = [
        Entry(names.readable(path), names.value(before), names.value(after), _replaces(path, step.replace_reasons))
        for path, before, after in _compare(old, new)
    ]
    if not found and step.op in ("update", "replace"):
        # The program asks for what it asked for before, and what is there differs.
        found = [
            Entry(path, _at(step.old.outputs if step.old else {}, path, names), _at(new, path, names))
            for path in step.detailed_diff or ()
        ]
    said = {root(entry.path) for entry in found}
    hidden = [path for path in step.detailed_diff or () if root(path) not in said and _at(new, path, names) == SECRET]
    # One secret in place of another: they look the same here.
    return found + [Entry(path, SECRET, SECRET, _replaces(path, step.replace_reasons)) for path in hidden]


def shown(value: Any) -> str:
    """A value on one line."""
    if value is ABSENT:
        return "(none)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def root(path: str) -> str:
    """The property that a path begins with."""
    return path.split(".")[0].split("[")[0]


def within(path: str, property_: str) -> bool:
    """Whether a path is that property, or leads into it."""
    return path == property_ or path.startswith((f"{property_}.", f"{property_}["))


def _shown(inputs: Mapping[str, Any]) -> dict[str, Any]:
    # The provider adds the default tags in `tagsAll`: that one has them all, and `tags` would say them twice.
    hidden = _INTERNAL | {"tags"} if inputs.keys() >= _TAGS else _INTERNAL
    return redacted({key: _parsed(value) for key, value in inputs.items() if key not in hidden})


def _parsed(value: Any) -> Any:
    """The value, with documents in JSON as what they say."""
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
    """Two lists as mappings, by what tells their elements apart; by position if nothing does."""
    for key in _KEYS:
        sides = [_by_key(side, key) for side in (old, new)]
        if all(side is not None for side in sides):
            return sides[0], sides[1]
    if not any(isinstance(each, (dict, list)) for each in (*old, *new)) and {*old} != {*new}:
        # Of simple values only what comes and what goes: the places of the others say nothing.
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
    """The value at a path of the engine's; `ABSENT` if there is none."""
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
    """Whether a value, or something in it, is known only after the update."""
    if isinstance(value, str):
        return UNKNOWN in value
    if isinstance(value, Mapping):
        return any(is_unknown(each) for each in cast(Mapping[str, Any], value).values())
    return isinstance(value, list) and any(is_unknown(each) for each in cast(list[Any], value))
