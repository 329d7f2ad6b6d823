"""Manages a cluster's folder: its settings, credentials, certificate and logs."""

import json
import random
import socket
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from emulator.kubernetes import credentials
from emulator.kubernetes.components import Ports
from emulator.paths import CLUSTERS

SETTINGS = "settings.json"
"""File of a cluster's folder with its settings."""

# These are below Linux's range of ephemeral ports, which starts at 32768.
_PORTS = range(20000, 32000)


@dataclass(frozen=True)
class ClusterSettings:
    """Settings with which a cluster was created. `version` is the EKS version, such as `1.36`."""

    version: str
    service_cidr: str
    ports: Ports

    @property
    def endpoint(self) -> str:
        """URL of the API server."""
        return f"https://127.0.0.1:{self.ports.apiserver}"

    def at(self, ports: Ports) -> "ClusterSettings":
        """Return the same settings with other ports."""
        return replace(self, ports=ports)


def folder(name: str) -> Path:
    """Return the cluster's folder."""
    return CLUSTERS / name


def names() -> list[str]:
    """Return the names of the clusters that have settings, sorted."""
    return sorted(file.parent.name for file in CLUSTERS.glob(f"*/{SETTINGS}"))


def create(name: str, version: str, service_cidr: str) -> None:
    """Write credentials and settings, unless they exist."""
    file = folder(name) / SETTINGS
    if not file.exists():
        credentials.create(folder(name))
        write(file, ClusterSettings(version, service_cidr, free_ports()))


def settings(name: str) -> ClusterSettings:
    """Read the cluster's settings.

    Raises:
        LookupError: There is no such cluster.
    """
    return _parse(_read(name, SETTINGS))


def read(file: Path) -> ClusterSettings:
    """Read settings from a file that may be anywhere."""
    return _parse(file.read_text())


def write(file: Path, settings: ClusterSettings) -> None:
    """Write settings to a file that may be anywhere."""
    credentials.write_private(file, json.dumps(asdict(settings)))


def free_ports(kept: Ports | None = None) -> Ports:
    """Return ports that no process listens on now: `kept` if these are free.

    Raises:
        RuntimeError: There are not enough.
    """
    if kept is not None and all(_is_free(port) for port in asdict(kept).values()):
        return kept
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        if _is_free(port):
            found.append(port)
        if len(found) == len(fields(Ports)):
            return Ports(*found)
    raise RuntimeError(f"no free port on loopback between {_PORTS.start} and {_PORTS.stop}")


def token(name: str) -> str:
    """Read the token of the control plane's own processes.

    Raises:
        LookupError: There is no such cluster.
    """
    return _read(name, "token")


def certificate(name: str) -> Path:
    """Return the path of the API server's self-signed certificate."""
    return folder(name) / "certificates" / "apiserver.crt"


def certificate_key(name: str) -> Path:
    """Return the path of the certificate's key, which the API server writes after the certificate."""
    return folder(name) / "certificates" / "apiserver.key"


def log(name: str, process: str) -> Path:
    """Return the path of the log of one of the cluster's processes."""
    return folder(name) / "logs" / f"{process}.log"


def _read(name: str, file: str) -> str:
    try:
        return (folder(name) / file).read_text()
    except FileNotFoundError:
        raise LookupError(f"No cluster found for name: {name}.") from None


def _parse(text: str) -> ClusterSettings:
    content = json.loads(text)
    return ClusterSettings(content["version"], content["service_cidr"], Ports(**content["ports"]))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections that were closed a moment ago do not keep a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
