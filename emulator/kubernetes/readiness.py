"""Determines whether a workload is ready, and why not, from its status, its pods and their events."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.kubernetes.api import Api, Object

_SHOWN = 6


@dataclass(frozen=True)
class Progress:
    """Describes an object's progress. `message` says what is missing; `failed` means that waiting is pointless."""

    ready: bool
    message: str = ""
    failed: bool = False


READY = Progress(ready=True)


def of(target: Object) -> Progress:
    """Return the object's progress. Kinds without a rule are ready as soon as they exist."""
    rule = _RULES.get(target["kind"])
    return rule(target) if rule else READY


def condition(target: Object, type_: str) -> Mapping[str, Any]:
    """Return the status condition of the type; empty if there is none."""
    conditions: Iterable[Mapping[str, Any]] = target.get("status", {}).get("conditions") or []
    return next((each for each in conditions if each.get("type") == type_), {})


def describe(target: Object) -> str:
    """Return `Kind namespace/name`."""
    metadata = target["metadata"]
    return f"{target['kind']} {'/'.join(part for part in (metadata.get('namespace'), metadata['name']) if part)}"


def details(api: Api, target: Object) -> list[str]:
    """Return lines about the problems of the object's pods, and the last warning events of the object and its pods."""
    namespace = target["metadata"].get("namespace", "")
    pods = _pods(api, target, namespace)
    lines = [line for pod in pods for line in _of_pod(pod)]
    names = {target["metadata"]["name"], *(pod["metadata"]["name"] for pod in pods)}
    events = [event for event in api.list("v1", "Event", namespace or "default") if _about(event, names)]
    events.sort(key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or "")
    lines += [f"[{_subject(event)}] {event.get('reason')}: {event.get('message')}" for event in events]
    return list(dict.fromkeys(lines))[-_SHOWN:]


def deployment(target: Object) -> Progress:
    """Require that every replica is updated and available."""
    status, wanted = target.get("status", {}), target["spec"].get("replicas", 1)
    progressing = condition(target, "Progressing")
    if not observed(target):
        return Progress(False, "waiting for the controller to observe this version of the Deployment")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return Progress(False, str(progressing.get("message")), failed=True)
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if updated < wanted or available < wanted or status.get("replicas", 0) > updated:
        return Progress(False, f"{available} of {wanted} replicas are available, {updated} are of the current version")
    return READY


def daemon_set(target: Object) -> Progress:
    """Require that every scheduled pod is updated and available."""
    status = target.get("status", {})
    wanted, updated = status.get("desiredNumberScheduled", 0), status.get("updatedNumberScheduled", 0)
    available = status.get("numberAvailable", 0)
    if not observed(target):
        return Progress(False, "waiting for the controller to observe this version of the DaemonSet")
    if updated < wanted or available < wanted:
        return Progress(False, f"{available} of {wanted} pods are available, {updated} are of the current version")
    return READY


def observed(target: Object) -> bool:
    """Return whether the status belongs to the current version of the object."""
    return target.get("status", {}).get("observedGeneration", 0) >= target["metadata"].get("generation", 1)


def _pods(api: Api, target: Object, namespace: str) -> list[Object]:
    spec = target.get("spec", {})
    selector: Mapping[str, Any] = spec.get("selector") or {}
    labels = selector.get("matchLabels", selector) if target["kind"] != "Pod" else {}
    if not labels or not all(isinstance(value, str) for value in labels.values()):
        return [target] if target["kind"] == "Pod" else []
    return api.list("v1", "Pod", namespace, labelSelector=",".join(f"{key}={value}" for key, value in labels.items()))


def _of_pod(pod: Object) -> list[str]:
    name, status = pod["metadata"]["name"], pod.get("status", {})
    lines: list[str] = []
    for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        waiting = container.get("state", {}).get("waiting")
        if waiting:
            lines.append(
                f"[Pod {name}] container {container['name']}: {waiting['reason']}: {waiting.get('message', '')}"
            )
        terminated = container.get("state", {}).get("terminated")
        if terminated and terminated["exitCode"]:
            code = f"{terminated.get('reason')}, exit code {terminated['exitCode']}"
            lines.append(f"[Pod {name}] container {container['name']} terminated: {code}")
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        lines.append(f"[Pod {name}] {scheduled.get('reason')}: {scheduled.get('message')}")
    for gate in pod["spec"].get("readinessGates", []):
        found = condition(pod, gate["conditionType"])
        if status.get("phase") == "Running" and found.get("status") != "True":
            reason = found.get("message") or "it has not been set"
            lines.append(f"[Pod {name}] readiness gate {gate['conditionType']} is not True: {reason}")
    return lines


def _about(event: Object, names: set[str]) -> bool:
    return event.get("type") == "Warning" and event.get("involvedObject", {}).get("name", "") in names


def _subject(event: Object) -> str:
    subject = event["involvedObject"]
    return f"{subject.get('kind')} {subject.get('name')}"


_RULES: dict[str, Callable[[Object], Progress]] = {
    "Deployment": deployment,
    "DaemonSet": daemon_set,
}
