"""Decides whether a pod could run on a node, by labels, taints and requests."""

from collections.abc import Iterable, Mapping
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.quantities import number, requests


def fits(pod: Object, node: Object, used: Mapping[str, float]) -> bool:
    """Return whether the pod's requests fit next to what is `used` on the node, and taints and selectors match."""
    allocatable = {name: number(amount) for name, amount in node["status"]["allocatable"].items()}
    enough = all(allocatable.get(name, 0) - used.get(name, 0) >= amount for name, amount in requests(pod).items())
    return enough and _selects(pod["spec"], node["metadata"].get("labels", {})) and _tolerates(pod["spec"], node)


def _selects(spec: Object, labels: Mapping[str, str]) -> bool:
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    terms: list[Object] = required.get("nodeSelectorTerms") or []
    return not terms or any(
        all(_matches(each, labels) for each in term.get("matchExpressions") or []) for term in terms
    )


def _matches(expression: Object, labels: Mapping[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or []
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            return False


def _tolerates(spec: Object, node: Object) -> bool:
    tolerations: Iterable[Mapping[str, Any]] = spec.get("tolerations") or []
    return all(
        any(_covers(each, taint) for each in tolerations)
        for taint in node.get("spec", {}).get("taints") or []
        if taint["effect"] in ("NoSchedule", "NoExecute") and not taint["key"].startswith("node.kubernetes.io/")
    )


def _covers(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return toleration.get("key") == taint["key"] and toleration.get("value", "") == taint.get("value", "")
