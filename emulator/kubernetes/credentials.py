"""Creates the credentials of a control plane: a token, a service account key and a kubeconfig."""

import base64
import json
import os
import secrets
from pathlib import Path

_P256_KEY = bytes.fromhex("30310201010420")
"""Start of a DER-encoded `ECPrivateKey` (SEC 1) of version 1, up to the 32 bytes of the key."""
_P256_CURVE = bytes.fromhex("a00a06082a8648ce3d030107")


_USER = "emulator:control-plane"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def create(folder: Path) -> None:
    """Create `token`, `tokens.csv` and `service-account.key` in the folder, unless they exist."""
    if not (folder / "service-account.key").exists():
        token = secrets.token_urlsafe(32)
        write_private(folder / "token", token)
        write_private(folder / "tokens.csv", f'{token},{_USER},{_USER},"system:masters"\n')
        write_private(folder / "service-account.key", _signing_key())


def _signing_key() -> str:
    """Return a new P-256 private key as PEM: a random number below the curve's order, which is just below 2**256."""
    key = (secrets.randbelow(2**255) + 1).to_bytes(32, "big")
    der = _P256_KEY + key + _P256_CURVE
    return f"-----BEGIN EC PRIVATE KEY-----\n{base64.encodebytes(der).decode()}-----END EC PRIVATE KEY-----\n"


def write_kubeconfig(folder: Path, server: str, certificate: Path) -> Path:
    """Write the kubeconfig of the control plane's processes, as JSON, which is YAML, and return its path."""
    path = folder / "kubeconfig"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "local", "cluster": {"server": server, "certificate-authority": str(certificate)}}],
        "users": [{"name": "local", "user": {"tokenFile": str(folder / "token")}}],
        "contexts": [{"name": "local", "context": {"cluster": "local", "user": "local"}}],
        "current-context": "local",
    }
    write_private(path, json.dumps(config, indent=1))
    return path
