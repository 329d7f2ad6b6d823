"""Serves the API server's TokenReviews and SubjectAccessReviews, in place of EKS."""

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from emulator.kubernetes import access
from emulator.kubernetes.controllers.context import Context

_roles: dict[str, list[access.Rule]] = {}
_lock = threading.Lock()


def serve(context: Context, handler: BaseHTTPRequestHandler) -> bool:
    """Respond to a review; return False for other requests."""
    if handler.command != "POST":
        return False
    review = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
    asked = handler.path.partition("?")[0].strip("/")
    if asked == access.AUTHENTICATE:
        answer = access.authenticate(context.aws, context.cluster, review)
    elif asked == access.AUTHORIZE:
        answer = access.authorize(context.aws, context.cluster, lambda role: _rules(context, role), review)
    else:
        return False
    body = json.dumps(answer).encode()
    handler.send_response(HTTPStatus.OK)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
    return True


def _rules(context: Context, role: str) -> list[access.Rule]:
    """Return the rules of one of Kubernetes' own ClusterRoles, which are cached because they do not change."""
    with _lock:
        if role not in _roles:
            found = context.api.get("rbac.authorization.k8s.io/v1", "ClusterRole", "", role)
            if found is None:
                return []
            _roles[role] = found["rules"]
        return _roles[role]
