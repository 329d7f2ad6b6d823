"""Reads nested values of a cluster's objects, which leave out what is empty."""

from typing import Any, cast

from ops.cluster import Object


def value(found: Object, *path: str) -> Any:
    """Return what is at the path; None where something on the way is absent."""
    reached: Any = found
    for key in path:
        reached = cast(Object, reached).get(key) if isinstance(reached, dict) else None
    return reached


def part(found: Object, *path: str) -> Object:
    """Return the mapping at the path; empty where there is none."""
    return value(found, *path) or {}


def listed(found: Object, *path: str) -> list[Object]:
    """Return the list of mappings at the path; empty where there is none."""
    return value(found, *path) or []


def count(found: Object, *path: str) -> int:
    """Return the number at the path; 0 where there is none."""
    return value(found, *path) or 0


def name_of(found: Object) -> str:
    """Return the object's name."""
    return str(found["metadata"]["name"])


def label(found: Object, key: str) -> str:
    """Return the value of a label; empty without it."""
    return str(part(found, "metadata", "labels").get(key, ""))


def container_statuses(pod: Object) -> list[Object]:
    """Return what the kubelet says of a pod's containers, those that run before the others first."""
    return [*listed(pod, "status", "initContainerStatuses"), *listed(pod, "status", "containerStatuses")]
