"""Fields that the program leaves to somebody else by `ignore_changes`, such as replicas to an autoscaler."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from emulator.kubernetes.api import Object


def left_to_others(body: Object, live: Object | None, paths: Iterable[str], manager: str) -> Object:
    """The body without the ignored fields that only others manage, and with the live values of the rest of them.

    The engine puts in the last input, which the API server would take for a conflict with whoever changed it since. So
    does the real provider (handleSSAIgnoreFields). Paths into lists are not supported: they stay as they are.
    """
    if live is None:
        return body
    result = deepcopy(body)
    for path in paths:
        *way, last = path.split(".")
        section, now = _at(result, way), _at(live, way)
        if isinstance(section, dict) and last in section and isinstance(now, Mapping) and last in now:
            managers = _managers(live, [*way, last])
            if managers and manager not in managers:
                del section[last]
            else:
                section[last] = now[last]
    return result


def _managers(live: Object, path: Iterable[str]) -> set[str]:
    entries = live["metadata"].get("managedFields", [])
    fields = [f"f:{step}" for step in path]
    return {entry["manager"] for entry in entries if _at(entry.get("fieldsV1", {}), fields) is not None}


def _at(value: Any, path: Iterable[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
