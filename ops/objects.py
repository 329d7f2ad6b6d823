"""Looks into a cluster's objects and AWS's answers, which are plain JSON and leave out what is empty."""

from collections.abc import Mapping
from typing import Any, cast

Object = dict[str, Any]


def value(found: Mapping[str, Any] | None, *path: str) -> Any:
    """Return what is at a path; None where something on the way is absent."""
    reached: Any = found
    for key in path:
        reached = cast(Object, reached).get(key) if isinstance(reached, dict) else None
    return reached


def part(found: Mapping[str, Any] | None, *path: str) -> Object:
    """Return the object at a path; empty if there is none."""
    reached = value(found, *path)
    return cast(Object, reached) if isinstance(reached, dict) else {}


def parts(found: Mapping[str, Any] | None, *path: str) -> list[Object]:
    """Return the list of objects at a path; empty if there is none."""
    reached = value(found, *path)
    return cast(list[Object], reached) if isinstance(reached, list) else []


def count(found: Mapping[str, Any] | None, *path: str) -> int:
    """Return the number at a path; 0 if there is none."""
    return value(found, *path) or 0


def name_of(target: Object) -> str:
    """Return an object's name."""
    return str(target["metadata"]["name"])


def label(target: Object, key: str) -> str:
    """Return the value of a label; empty without it."""
    return str(part(target, "metadata", "labels").get(key, ""))


def condition(target: Object, type_: str) -> Object:
    """Return an object's condition of a type; empty if it has none."""
    empty: Object = {}
    return next((each for each in parts(target, "status", "conditions") if each.get("type") == type_), empty)


def is_true(target: Object, type_: str) -> bool:
    """Return whether an object has the condition."""
    return condition(target, type_).get("status") == "True"


def container_statuses(pod: Object) -> list[Object]:
    """Return the states of a pod's containers, in the order in which they start."""
    return [*parts(pod, "status", "initContainerStatuses"), *parts(pod, "status", "containerStatuses")]


def exit_code(status: Object) -> int:
    """Return the code with which a container has ended; 0 if it has not, or well."""
    return int(part(status, "state", "terminated").get("exitCode", 0))
