"""A chat's webhook on loopback, with TLS, that remembers what was posted."""

import json
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme


@dataclass
class Webhook:
    """The server: its address, the file with the certificate authority that clients have to trust, and what it got."""

    address: str
    authority: Path
    posted: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    status: int = 200
    """What it answers."""


@contextmanager
def webhook(folder: Path) -> Generator[Webhook]:
    """Serve while the block runs; the authority's certificate is in the folder."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/json"
            there.posted.append(json.loads(body))
            self.send_response(there.status)
            self.send_header("Content-Length", "0")
            if 300 <= there.status < 400:
                self.send_header("Location", "/login")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    there = Webhook(f"https://127.0.0.1:{server.server_port}/services/T0/secret-path", file)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
