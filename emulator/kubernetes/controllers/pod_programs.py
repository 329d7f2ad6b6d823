"""Stands in for programs in pods that the API server calls: admission webhooks and the metrics APIs.

A webhook whose program is not known here admits everything unchanged, which the log of the controllers process notes.
"""

import base64
import json
import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from emulator.kubernetes.addons import metrics_server
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import external_metrics, load_balancers, metrics
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.program_starts import carries
from emulator.kubernetes.controllers.target_health import gates_for

_APIS = {metrics_server.LABELS: metrics.answer, external_metrics.LABELS: external_metrics.answer}
"""What serves an API of the cluster, by the label of its pods."""

_POD_PATH = "/mutate-v1-pod"
"""Path at which the load balancer controller adds readiness gates; others admit objects unchanged."""

_LOG = logging.getLogger("webhooks")


def serve(context: Context, pod: Object, handler: BaseHTTPRequestHandler) -> bool:
    """Respond to a request to a pod; return False if its program is not known to serve it."""
    if handler.command == "GET":
        for labels, answer in _APIS.items():
            if carries(pod, labels):
                _send(handler, *answer(context, handler.path))
                return True
        return False
    review = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
    if review.get("kind") != "AdmissionReview":
        return False
    _send(handler, HTTPStatus.OK, _admission(context, pod, handler.path.partition("?")[0], review))
    return True


def _admission(context: Context, pod: Object, path: str, review: Object) -> Object:
    request, patch = review["request"], list[Object]()
    if carries(pod, load_balancers.LABELS):
        if path == _POD_PATH:
            patch = patch_of(request["object"], _gates(context, request["object"], request["namespace"]))
    else:
        kind, name = request["kind"]["kind"], request.get("name", "")
        _LOG.info("%s %s admitted without a check, as nothing runs in %s", kind, name, pod["metadata"]["name"])
    encoded = {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(patch).encode()).decode()}
    response = {"uid": request["uid"], "allowed": True, **(encoded if patch else {})}
    return {"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": response}


def patch_of(pod: Object, gates: list[str]) -> list[Object]:
    """Return the JSON patch that adds the readiness gates that the pod lacks; empty if it lacks none."""
    present = pod["spec"].get("readinessGates") or []
    known = {gate["conditionType"] for gate in present}
    added = [{"conditionType": gate} for gate in gates if gate not in known]
    return [{"op": "add", "path": "/spec/readinessGates", "value": [*present, *added]}] if added else []


def _gates(context: Context, pod: Object, namespace: str) -> list[str]:
    bindings = context.api.list("elbv2.k8s.aws/v1beta1", "TargetGroupBinding", namespace)
    services = {service["metadata"]["name"]: service for service in context.api.list("v1", "Service", namespace)}
    return gates_for(pod, bindings, services)


def _send(handler: BaseHTTPRequestHandler, status: int, answer: Object) -> None:
    body = json.dumps(answer).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
