"""An address at which boto3 reaches the simulated AWS as a role: only what functions have asked of it so far."""

import json
import secrets
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from emulator.aws import secret_values
from emulator.plugins.provider import ProviderError
from emulator.store import Store

_READ = "secretsmanager.GetSecretValue"
_BAD_REQUEST = 400


@contextmanager
def serving(store: Store, role: str) -> Generator[tuple[str, str]]:
    """Answer requests with the permissions of the role while the block runs.

    Yields:
        The address on loopback, and the access key that requests have to be made with.
    """
    key = secrets.token_hex(16)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                if f"Credential={key}/" not in str(self.headers.get("Authorization")):
                    raise ProviderError("UnrecognizedClientException: The security token is invalid.")
                status, answer = 200, _answer(store, role, str(self.headers.get("X-Amz-Target")), json.loads(body))
            except ProviderError as error:
                kind, _, message = str(error).removeprefix("api error ").partition(": ")
                status, answer = _BAD_REQUEST, {"__type": kind, "message": message}
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Write nothing: standard error is the command's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", key
    finally:
        server.shutdown()
        server.server_close()


def _answer(store: Store, role: str, target: str, request: dict[str, Any]) -> dict[str, Any]:
    """Answer a request of AWS's JSON protocol.

    Raises:
        ProviderError: AWS refuses it, or the emulator does not know it.
    """
    if target != _READ:
        raise ProviderError(f"UnknownOperationException: functions are answered {_READ} only, not {target}")
    version = request.get("VersionId")
    text = secret_values.read(store, role, request["SecretId"], f"uuid/{version}" if version else "")
    return {"Name": request["SecretId"], "SecretString": text}
