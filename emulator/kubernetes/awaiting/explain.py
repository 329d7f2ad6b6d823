"""Why an object is not ready, from its pods and events."""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes.api import Api, Object
from emulator.kubernetes.awaiting.readiness import condition

_SHOWN = 6


def details(api: Api, target: Object) -> list[str]:
    """Lines that say what is wrong with the object's pods, and what was last reported about both."""
    namespace = target["metadata"].get("namespace", "")
    pods = _pods(api, target, namespace)
    lines = [line for pod in pods for line in _of_pod(pod)]
    names = {target["metadata"]["name"], *(pod["metadata"]["name"] for pod in pods)}
    events = [event for event in api.list("v1", "Event", namespace or "default") if _about(event, names)]
    events.sort(key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or "")
    lines += [f"[{_subject(event)}] {event.get('reason')}: {event.get('message')}" for event in events]
    return list(dict.fromkeys(lines))[-_SHOWN:]


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
            reason = found.get("message") or "nobody has set it"
            lines.append(f"[Pod {name}] readiness gate {gate['conditionType']} is not True: {reason}")
    return lines


def _about(event: Object, names: set[str]) -> bool:
    return event.get("type") == "Warning" and event.get("involvedObject", {}).get("name", "") in names


def _subject(event: Object) -> str:
    subject = event["involvedObject"]
    return f"{subject.get('kind')} {subject.get('name')}"
