"""An HTTPS proxy on loopback that serves the emulator's charts at the URLs of all chart repositories.

So programs keep the URLs of the real repositories. The proxy presents a certificate for each host, signed by an
authority that lives as long as this process, and that only the provider trusts.
"""

import contextlib
import ssl
import tempfile
import threading
from collections.abc import Generator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

from emulator import chart_repository


@contextlib.contextmanager
def serving(charts: Path) -> Generator[dict[str, str]]:
    """Serve a folder of charts on a free loopback port.

    Yields the environment variables that make a Go program use the proxy.
    """
    authority = trustme.CA()
    with tempfile.TemporaryDirectory(prefix="emulator-charts-") as folder:
        certificate = Path(folder) / "authority.pem"
        authority.cert_pem.write_to_path(certificate)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(authority, charts))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        # Go bypasses proxies for loopback addresses, so the API server is reached directly.
        yield {"HTTPS_PROXY": address, "HTTP_PROXY": address, "NO_PROXY": "", "SSL_CERT_FILE": str(certificate)}
        server.shutdown()


def _handler(authority: trustme.CA, charts: Path) -> type[BaseHTTPRequestHandler]:
    @cache
    def tls(host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(context)
        return context

    @cache
    def answer(url: str) -> chart_repository.Response:
        return chart_repository.answer(url, charts)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        origin = ""
        """Scheme, host and port of the tunnel; empty outside of a tunnel."""

        def do_CONNECT(self) -> None:
            host, _, port = self.path.rpartition(":")
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError), tls(host).wrap_socket(self.connection, server_side=True) as secured:
                origin = f"https://{host}" if port == "443" else f"https://{self.path}"
                type("Tunnel", (Handler,), {"origin": origin})(secured, self.client_address, self.server)
            self.close_connection = True

        def do_GET(self) -> None:
            found = answer(f"{self.origin}{self.path}")
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(found.body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
