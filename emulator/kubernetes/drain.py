"""Drains nodes before they are removed."""

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
        for pod in (each for each in pods if "deletionTimestamp" not in each["metadata"]):
            _evict(api, pod, force=clock.passed(give_up))
        time.sleep(0.2)
    for node in leaving:
        api.delete(node, "Background")


def of_daemon_set(pod: Object) -> bool:
    """Return whether a DaemonSet owns the pod."""
    return any(owner["kind"] == "DaemonSet" for owner in pod["metadata"].get("ownerReferences", []))


def _pods(api: Api, nodes: set[str]) -> list[Object]:
    return [pod for pod in api.list("v1", "Pod") if pod["spec"].get("nodeName") in nodes]


def _evict(api: Api, pod: Object, force: bool) -> None:
    """Evict the pod, which disruption budgets may delay; `force` deletes it, as the end of an EC2 instance does."""
    if force:
        api.delete(pod, "Background")
        return
    metadata = {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    try:
        api.request("POST", api.path_of(pod, "eviction"), eviction)
    except ApiError as error:
        # 403: its namespace is being deleted, and the pod with it. 404 and 409: the pod does not exist any more.
        # 429: a disruption budget does not allow the eviction yet.
        if error.status not in (403, 404, 409, 429):
            raise
