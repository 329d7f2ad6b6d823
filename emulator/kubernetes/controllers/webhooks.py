"""What the API server asks the controllers process: the load balancer controller's webhooks, metrics and logs."""

import base64
import json
import logging
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import kubelet, metrics
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.load_balancers import LABELS
from emulator.kubernetes.controllers.target_health import gates_for

POD_PATH, SERVICE_PATH, INGRESS_PATH = "/mutate-v1-pod", "/mutate-v1-service", "/validate-networking-v1-ingress"
"""In the webhook configurations of the controller's chart."""

_PATHS = {POD_PATH, SERVICE_PATH, INGRESS_PATH}
_LOG = logging.getLogger("webhooks")


def serve(context: Context, port: int, certificate: Path, key: Path) -> None:
    """Serve in the background until the process ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if kubelet.serve(context, self):
                return
            review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            path = self.path.partition("?")[0]
            if path not in _PATHS or context.running(LABELS) is None:
                # Nobody is there: the API server then goes by the webhook's failurePolicy.
                self.send_error(503, "no endpoints available for service aws-load-balancer-webhook-service")
                return
            self._send(200, _answer(context, path, review))

        def do_GET(self) -> None:
            if kubelet.serve(context, self):
                return
            self._send(*metrics.answer(context, self.path))

        def _send(self, status: int, answer: Object) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            _LOG.debug(format, *args)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _answer(context: Context, path: str, review: Object) -> Object:
    """Pods get their gates; Services and Ingresses are admitted as they are."""
    request, patch = review["request"], list[Object]()
    if path == POD_PATH:
        patch = patch_of(request["object"], _gates(context, request["object"], request["namespace"]))
    encoded = {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(patch).encode()).decode()}
    response = {"uid": request["uid"], "allowed": True, **(encoded if patch else {})}
    return {"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": response}


def patch_of(pod: Object, gates: list[str]) -> list[Object]:
    """JSON patch operations that add the gates which the pod does not have yet."""
    present = pod["spec"].get("readinessGates") or []
    known = {gate["conditionType"] for gate in present}
    added = [{"conditionType": gate} for gate in gates if gate not in known]
    return [{"op": "add", "path": "/spec/readinessGates", "value": [*present, *added]}] if added else []


def _gates(context: Context, pod: Object, namespace: str) -> list[str]:
    bindings = context.api.list("elbv2.k8s.aws/v1beta1", "TargetGroupBinding", namespace)
    services = {service["metadata"]["name"]: service for service in context.api.list("v1", "Service", namespace)}
    return gates_for(pod, bindings, services)
