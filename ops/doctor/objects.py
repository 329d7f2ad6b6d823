"""Looks into the cluster's objects, which are plain JSON, and into AWS's answers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from ops.doctor.finding import Ref

Object = dict[str, Any]


def part(value: Mapping[str, Any] | None, *path: str) -> Object:
    """Return the object at a path inside of another one; empty if there is none."""
    found: Any = value
    for name in path:
        found = cast(Object, found).get(name) if isinstance(found, dict) else None
    return cast(Object, found) if isinstance(found, dict) else {}


def parts(value: Mapping[str, Any] | None, *path: str) -> list[Object]:
    """Return the list of objects at a path inside of an object; empty if there is none."""
    found: Any = part(value, *path[:-1]).get(path[-1])
    return cast(list[Object], found) if isinstance(found, list) else []


def parsed(moment: str) -> datetime:
    """Parse a moment as Kubernetes and AWS write it."""
    found = datetime.fromisoformat(moment)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def when(event: Object) -> str:
    """Return when an event happened last, for sorting."""
    series = part(event, "series")
    return str(
        series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
        or event["metadata"].get("creationTimestamp", "")
    )  # fmt: skip


def ref_of(target: Object) -> Ref:
    """Return the reference to an object."""
    metadata = target["metadata"]
    return Ref(str(target["kind"]), str(metadata.get("namespace") or ""), str(metadata["name"]))


def owner(pod: Object) -> Ref:
    """Return what made a pod; a Deployment rather than its ReplicaSet; the pod itself if nothing did."""
    metadata = pod["metadata"]
    namespace = str(metadata["namespace"])
    for each in metadata.get("ownerReferences", []):
        if not each.get("controller"):
            continue
        made_of = f"-{metadata.get('labels', {}).get('pod-template-hash')}"
        if each["kind"] == "ReplicaSet" and str(each["name"]).endswith(made_of):
            return Ref("Deployment", namespace, str(each["name"]).removesuffix(made_of))
        return Ref(str(each["kind"]), namespace, str(each["name"]))
    return ref_of(pod)


def condition(target: Object, type_: str) -> Object:
    """Return an object's condition of a type; empty if it has none."""
    empty: Object = {}
    return next((each for each in parts(target, "status", "conditions") if each.get("type") == type_), empty)


def is_true(target: Object, type_: str) -> bool:
    """Return whether an object has the condition."""
    return condition(target, type_).get("status") == "True"


def statuses(pod: Object) -> list[Object]:
    """Return the states of a pod's containers, in the order in which they start."""
    return [*parts(pod, "status", "initContainerStatuses"), *parts(pod, "status", "containerStatuses")]


def exit_code(status: Object) -> int:
    """Return the code with which a container has ended; 0 if it has not, or well."""
    return int(part(status, "state", "terminated").get("exitCode", 0))


def waits(status: Object) -> str:
    """Return the reason for which a container waits; empty if it does not."""
    return str(part(status, "state", "waiting").get("reason", ""))
