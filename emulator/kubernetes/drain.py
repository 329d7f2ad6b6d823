"""Emptying nodes before they go."""

import time
from collections.abc import Iterable

from emulator import clock
from emulator.kubernetes.api import Api, ApiError, Object

_DRAIN_SECONDS = 60


def remove(api: Api, leaving: Iterable[Object]) -> None:
    """Cordon the nodes, evict their pods and delete them."""
    leaving = list(leaving)
    for node in leaving:
        api.patch(node, {"spec": {"unschedulable": True}})
    names = {node["metadata"]["name"] for node in leaving}
    give_up = clock.deadline(_DRAIN_SECONDS)
    while pods := [pod for pod in _pods(api, names) if not of_daemon_set(pod)]:
        for pod in pods:
            _evict(api, pod, force=clock.passed(give_up))
        time.sleep(0.2)
    for node in leaving:
        api.delete(node, "Background")


def of_daemon_set(pod: Object) -> bool:
    """Whether the pod comes and goes with its node."""
    return any(owner["kind"] == "DaemonSet" for owner in pod["metadata"].get("ownerReferences", []))


def _pods(api: Api, nodes: set[str]) -> list[Object]:
    return [pod for pod in api.list("v1", "Pod") if pod["spec"].get("nodeName") in nodes]


def _evict(api: Api, pod: Object, force: bool) -> None:
    """Evict, respecting disruption budgets; an EC2 instance that ends does not ask them for ever."""
    if force:
        api.delete(pod, "Background")
        return
    metadata = {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    try:
        api.request("POST", api.path_of(pod, "eviction"), eviction)
    except ApiError as error:
        # Gone already, or a disruption budget says "not yet".
        if error.status not in (404, 409, 429):
            raise
