"""Proxies the API server's connections into the cluster to the stand-ins for pods' programs and nodes' kubelets.

It is a proxy for HTTP CONNECT on a socket in the cluster's folder (see `emulator/kubernetes/egress.py`). As on EKS,
only ready pods are reachable, at ports that their containers declare, with the certificate that the pod mounts.
"""

import contextlib
import logging
import os
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from emulator.kubernetes import egress
from emulator.kubernetes.api import ApiError, Unreachable
from emulator.kubernetes.controllers import certificates, eks_access, kubelet, pod_programs
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.nodes import KUBELET_PORT
from emulator.kubernetes.readiness import condition

_HEAD_LIMIT = 8192
_LOG = logging.getLogger("network")


@dataclass(frozen=True)
class Destination:
    """A listening program: its certificate, which is None without TLS, and the handler of its connections."""

    tls: ssl.SSLContext | None
    handler: Callable[..., BaseHTTPRequestHandler]


class Refused(Exception):
    """Nothing listens at the address; the message says why."""


def serve(context: Context, certificate: Path) -> None:
    """Accept connections in the background until the process ends. Its working directory is the cluster's folder.

    Programs whose certificate is not verified present the API server's certificate.
    """
    with contextlib.suppress(FileNotFoundError):
        os.unlink(egress.SOCKET)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(egress.SOCKET)
    os.chmod(egress.SOCKET, 0o600)
    listener.listen(128)
    unchecked = certificates.server_context(certificate.read_bytes(), certificate.with_suffix(".key").read_bytes())

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_connect, args=(context, unchecked, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def _connect(context: Context, unchecked: ssl.SSLContext, connection: socket.socket) -> None:
    with contextlib.closing(connection), contextlib.suppress(OSError):
        host, port = _asked_for(connection)
        try:
            destination = find(context, unchecked, host, port)
        except (Refused, ApiError, Unreachable) as error:
            _LOG.info("%s:%s: %s", host, port, error)
            connection.sendall(f"HTTP/1.1 502 {error}\r\n\r\n".encode())
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        if destination.tls is None:
            destination.handler(connection, (host, port), None)
            return
        with destination.tls.wrap_socket(connection, server_side=True) as secured:
            destination.handler(secured, (host, port), None)


def _asked_for(connection: socket.socket) -> tuple[str, int]:
    """Return host and port of the CONNECT request. The API server waits for the response, so no data follows it."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _HEAD_LIMIT:
        received = connection.recv(_HEAD_LIMIT)
        if not received:
            raise ConnectionResetError
        head += received
    host, _, port = head.split()[1].decode().rpartition(":")
    return host.strip("[]"), int(port)


def find(context: Context, unchecked: ssl.SSLContext, host: str, port: int) -> Destination:
    """Return the program that listens at an address of the cluster's network.

    Raises:
        Refused: Nothing listens there.
    """
    if (host, port) == (egress.ACCESS_HOST, egress.ACCESS_PORT):
        return Destination(None, _handler(lambda handler: eks_access.serve(context, handler)))
    if port == KUBELET_PORT and context.api.get("v1", "Node", "", host) is not None:
        return Destination(unchecked, _handler(lambda handler: kubelet.serve(context, handler)))
    pods = context.api.list("v1", "Pod", fieldSelector=f"status.podIP={host}")
    pod = next((each for each in pods if not each["spec"].get("hostNetwork")), None)
    if pod is None:
        raise Refused("no route to host: no pod has this address")
    name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
    declared = {each["containerPort"] for container in pod["spec"]["containers"] for each in container.get("ports", [])}
    if condition(pod, "ContainersReady").get("status") != "True":
        raise Refused(f"connection refused: {name} is not ready")
    if port not in declared:
        raise Refused(f"connection refused: no container of {name} declares this port")
    own = certificates.of_pod(context.api, pod)
    return Destination(own or unchecked, _handler(lambda handler: pod_programs.serve(context, pod, handler)))


def _handler(serve: Callable[[BaseHTTPRequestHandler], bool]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if not serve(self):
                self.send_error(404)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            _LOG.debug(format, *args)

    return Handler
