"""Simulates the load balancers' listeners on a loopback port, for smoke tests.

Nothing runs in the pods, so responses of services are simulated. What a load balancer answers itself is not: it takes
the first rule that the request meets, and redirects, sends a fixed response or looks for a healthy target.
"""

import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers import load_balancer_rules as rules
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.load_balancer_conditions import Request

SOURCE = "X-Emulated-Source"
"""Header of a request with the address of a client whose place it takes. AWS knows no such header."""

INTERNET = "198.51.100.1"
"""The address of a client that does not say another one: of a range for documentation, which no allow list contains."""

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
    content_type: str = "text/plain"


def serve(context: Context, port_file: Path, certificate: Path) -> None:
    """Serve HTTP and HTTPS until the process ends, on the port in the file, or on a free one that is written there."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_suffix(".key"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tls = isinstance(self.connection, ssl.SSLSocket)
            found = answer(context, _request(self.command, self.path, dict(self.headers)), tls)
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            if found.emulated:
                self.send_header(EMULATED, found.emulated)
            body = f"{found.text}\n".encode()
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

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


def answer(context: Context, request: Request, tls: bool) -> Answer:
    """Return the response of the load balancer of a request's host, by the rules that its controller gave it last."""
    for ingress in context.api.list("networking.k8s.io/v1", "Ingress"):
        balancers = ingress.get("status", {}).get("loadBalancer", {}).get("ingress", [])
        names = {balancer.get("hostname") for balancer in balancers}
        if names and request.host in names | rules.hosts(ingress):
            return _from(context, ingress, request, tls)
    return Answer(404, f"no load balancer has a rule for {request.host}")


def _request(method: str, target: str, headers: Mapping[str, str]) -> Request:
    path, _, query = target.partition("?")
    lower = {name.lower(): value for name, value in headers.items()}
    host = lower.get("host", "").partition(":")[0]
    return Request(host, path, lower.get(SOURCE.lower(), INTERNET), query, method, lower)


def _from(context: Context, ingress: Object, request: Request, tls: bool) -> Answer:
    protocol = "HTTPS" if tls else "HTTP"
    listeners = context.aws.listeners(model.load_balancer_name(context.cluster, ingress))
    port, listener = next(
        ((key.partition(":")[2], each) for key, each in listeners.items() if key.startswith(f"{protocol}:")), ("", None)
    )
    if listener is None:
        return Answer(502, f"the load balancer does not listen for {protocol}")
    action = rules.chosen(listener, request)
    if action["type"] == "redirect":
        status = int(action["statuscode"].removeprefix("HTTP_"))
        return Answer(status, "moved", _location(action, request, protocol, port))
    if action["type"] == "fixed-response":
        text = action.get("messagebody") or "a fixed response of the load balancer"
        return Answer(int(action["statuscode"]), text, content_type=action.get("contenttype", "text/plain"))
    target = rules.destination(action)
    service = target.partition(":")[0]
    if (version := action["targets"][0].get("version", "HTTP1")) != "HTTP1":
        # This port speaks HTTP/1.1 only, as a client would whose requests do not suit the target group.
        return Answer(464, f"{service} speaks {version}, and the request is HTTP/1.1")
    if not _ready(context, ingress["metadata"]["namespace"], service):
        return Answer(503, f"{service} has no healthy target")
    reason = f"simulated: {target} has a healthy target, but no container runs that could respond"
    return Answer(200, reason, emulated=reason)


def _location(action: Mapping[str, str], request: Request, protocol: str, port: str) -> str:
    """Return where a redirect leads: what it does not say stays as it was requested."""
    parts = {"protocol": "#{protocol}", "host": "#{host}", "port": "#{port}", "path": "/#{path}", "query": "#{query}"}
    usual = {"protocol": protocol.lower(), "host": request.host, "port": port, "path": request.path.removeprefix("/")}
    found: dict[str, str] = {}
    for name, template in parts.items():
        text = action.get(name, template)
        for key, value in {**usual, "query": request.query}.items():
            text = text.replace(f"#{{{key}}}", value)
        found[name] = text
    query = f"?{found['query']}" if found["query"] else ""
    return f"{found['protocol'].lower()}://{found['host']}:{found['port']}{found['path']}{query}"


def _ready(context: Context, namespace: str, service: str) -> bool:
    label = f"kubernetes.io/service-name={service}"
    slices = context.api.list("discovery.k8s.io/v1", "EndpointSlice", namespace, labelSelector=label)
    endpoints = [endpoint for each in slices for endpoint in each.get("endpoints") or []]
    return any(endpoint.get("conditions", {}).get("ready") for endpoint in endpoints)
