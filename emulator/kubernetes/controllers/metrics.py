"""Stands in for metrics-server: serves the resource metrics API while one of its pods is ready.

Nothing runs in the pods, so usage is simulated as a share of each container's requests. The annotation
`emulator.openmarket/load` sets the share of a pod in percent, for example to trigger a HorizontalPodAutoscaler.
"""

import urllib.parse
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from emulator.kubernetes.addons.metrics_server import API_VERSION, LABELS
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.quantities import number
from emulator.kubernetes.readiness import condition
from emulator.paths import SETTINGS

LOAD_ANNOTATION = "emulator.openmarket/load"
IDLE_PERCENT = SETTINGS.idle_percent
"""Default usage in percent of a container's requests, well below usual targets, so that nothing scales up."""

_UNREQUESTED = {"cpu": 0.005, "memory": 32 * 2**20}
"""Usage of a container without requests, in cores and bytes."""
_SYSTEM = {"cpu": 0.05, "memory": 300 * 2**20}
"""Usage of a node without its pods, in cores and bytes."""


def answer(context: Context, target: str) -> tuple[int, Object]:
    """Return the HTTP status and body for a GET of `target`, a path with its query."""
    path, _, query = target.partition("?")
    if context.running(LABELS) is None:
        return HTTPStatus.SERVICE_UNAVAILABLE, _status("no pod of metrics-server is ready")
    selection = {key: values[0] for key, values in urllib.parse.parse_qs(query).items() if key in ("labelSelector",)}
    match path.removeprefix(f"/apis/{API_VERSION}").strip("/").split("/"):
        case [""] if path.startswith(f"/apis/{API_VERSION}"):
            return HTTPStatus.OK, _resources()
        case ["nodes"]:
            pods = context.api.list("v1", "Pod")
            nodes = context.api.list("v1", "Node", **selection)
            return HTTPStatus.OK, _list("NodeMetricsList", [_node(node, pods) for node in nodes])
        case ["nodes", name]:
            node = context.api.get("v1", "Node", "", name)
            return _found(node and _node(node, context.api.list("v1", "Pod")), name)
        case ["pods"]:
            return HTTPStatus.OK, _pods(context, "", selection)
        case ["namespaces", namespace, "pods"]:
            return HTTPStatus.OK, _pods(context, namespace, selection)
        case ["namespaces", namespace, "pods", name]:
            pod = context.api.get("v1", "Pod", namespace, name)
            return _found(pod if pod and _runs(pod) else None, name, of_pod)
        case _:
            return HTTPStatus.NOT_FOUND, _status(f"metrics-server does not serve {path}")


def of_pod(pod: Object) -> Object:
    """Return the pod's PodMetrics."""
    annotations = pod["metadata"].get("annotations", {})
    share = float(annotations.get(LOAD_ANNOTATION, IDLE_PERCENT)) / 100
    containers = [
        {"name": each["name"], "usage": _quantities(_usage(each, share))} for each in pod["spec"]["containers"]
    ]
    return {**_common("PodMetrics", pod), "containers": containers}


def _usage(container: Object, share: float) -> dict[str, float]:
    asked = container.get("resources", {}).get("requests", {})
    return {
        name: number(asked[name]) * share if name in asked else unrequested
        for name, unrequested in _UNREQUESTED.items()
    }


def _pods(context: Context, namespace: str, selection: dict[str, str]) -> Object:
    pods = context.api.list("v1", "Pod", namespace, **selection)
    return _list("PodMetricsList", [of_pod(pod) for pod in pods if _runs(pod)])


def _node(node: Object, pods: list[Object]) -> Object:
    usage = dict(_SYSTEM)
    for pod in pods:
        if pod["spec"].get("nodeName") == node["metadata"]["name"] and _runs(pod):
            for container in of_pod(pod)["containers"]:
                usage = {name: amount + number(container["usage"][name]) for name, amount in usage.items()}
    return {**_common("NodeMetrics", node), "usage": _quantities(usage)}


def _runs(pod: Object) -> bool:
    return condition(pod, "ContainersReady").get("status") == "True"


def _quantities(usage: dict[str, float]) -> dict[str, str]:
    return {"cpu": f"{round(usage['cpu'] * 1e9)}n", "memory": f"{round(usage['memory'] / 1024)}Ki"}


def _common(kind: str, about: Object) -> Object:
    metadata = {key: about["metadata"][key] for key in ("name", "namespace", "labels") if key in about["metadata"]}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "timestamp": now, "window": "15s"}


def _list(kind: str, items: list[Object]) -> Object:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": {}, "items": items}


def _found(body: Object | None, name: str, convert: Any = lambda body: body) -> tuple[int, Object]:
    if body is None:
        return HTTPStatus.NOT_FOUND, _status(f'metrics of "{name}" not found', "NotFound", 404)
    return HTTPStatus.OK, convert(body)


def _status(message: str, reason: str = "ServiceUnavailable", code: int = 503) -> Object:
    common = {"apiVersion": "v1", "kind": "Status", "status": "Failure"}
    return {**common, "message": message, "reason": reason, "code": code}


def _resources() -> Object:
    def resource(name: str, kind: str, namespaced: bool) -> Object:
        return {"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": ["get", "list"]}

    kinds = [resource("nodes", "NodeMetrics", False), resource("pods", "PodMetrics", True)]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": API_VERSION, "resources": kinds}
