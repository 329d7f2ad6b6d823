"""Simulates the load balancers' listeners on a loopback port, for smoke tests.

Nothing runs in the pods, so responses of services are simulated. That a load balancer, a rule and a healthy target
exist for a host is checked.
"""

import socket
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers import load_balancer_rules as rules
from emulator.kubernetes.controllers.context import Context

EMULATED = "X-Emulated"
"""Header of a simulated response, with the reason. AWS sends no such header."""

_TLS_HANDSHAKE = b"\x16"
"""First byte of a TLS connection (RFC 8446, section 5.1)."""


@dataclass(frozen=True)
class Answer:
    """An HTTP response. `emulated` is empty if the load balancer itself would send it."""

    status: int
    text: str
    location: str = ""
    emulated: str = ""


def serve(context: Context, port_file: Path, certificate: Path) -> None:
    """Serve HTTP and HTTPS until the process ends, on the port in the file, or on a free one that is written there."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_suffix(".key"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "").partition(":")[0]
            found = answer(context, host, isinstance(self.connection, ssl.SSLSocket))
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", f"{found.location}{self.path}")
            if found.emulated:
                self.send_header(EMULATED, found.emulated)
            body = f"{found.text}\n".encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def finish_request(self, request: Any, client_address: Any) -> None:
            if request.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
                with tls.wrap_socket(request, server_side=True) as wrapped:
                    super().finish_request(wrapped, client_address)
            else:
                super().finish_request(request, client_address)

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Ignore errors of clients, which may close the connection or reject the certificate."""

    known = int(port_file.read_text()) if port_file.exists() else 0
    try:
        server = Server(("127.0.0.1", known), Handler)
    except OSError:  # another process uses the port now
        server = Server(("127.0.0.1", 0), Handler)
    port_file.write_text(str(server.server_port))
    # Nothing ends the server but the end of the process, so it need not look twice a second whether it should.
    threading.Thread(target=server.serve_forever, args=(3600.0,), daemon=True).start()


def answer(context: Context, host: str, tls: bool) -> Answer:
    """Return the response of a host's load balancer to a request from the internet."""
    for ingress in context.api.list("networking.k8s.io/v1", "Ingress"):
        balancers = ingress.get("status", {}).get("loadBalancer", {}).get("ingress", [])
        names = {balancer.get("hostname") for balancer in balancers}
        if names and host in names | {rule.host for rule in rules.rules(ingress)}:
            return _from(context, ingress, host, tls)
    return Answer(404, f"no load balancer has a rule for {host}")


def _from(context: Context, ingress: Object, host: str, tls: bool) -> Answer:
    protocol = "HTTPS" if tls else "HTTP"
    if protocol not in {listener.protocol for listener in model.listeners(ingress)}:
        return Answer(502, f"the load balancer does not listen for {protocol}")
    port = model.annotation(ingress, "ssl-redirect")
    if port and not tls:
        return Answer(301, "use HTTPS", f"https://{host}:{port}")
    # The source is an address from a range for documentation, which no allow list contains.
    target = rules.route(ingress, host, "198.51.100.1")
    if target == rules.NOT_FOUND:
        return Answer(404, "no rule matches the request")
    service = target.partition(":")[0]
    if not _ready(context, ingress["metadata"]["namespace"], service):
        return Answer(503, f"{service} has no healthy target")
    reason = f"simulated: {target} has a healthy target, but no container runs that could respond"
    return Answer(200, reason, emulated=reason)


def _ready(context: Context, namespace: str, service: str) -> bool:
    label = f"kubernetes.io/service-name={service}"
    slices = context.api.list("discovery.k8s.io/v1", "EndpointSlice", namespace, labelSelector=label)
    endpoints = [endpoint for each in slices for endpoint in each.get("endpoints") or []]
    return any(endpoint.get("conditions", {}).get("ready") for endpoint in endpoints)
