"""A real Kubernetes control plane on loopback for every emulated EKS cluster."""

import base64
import fcntl
import json
import os
import random
import shutil
import socket
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from emulator import processes
from emulator.kubernetes import components, credentials
from emulator.kubernetes.api import Api, ApiError, Unreachable
from emulator.kubernetes.components import Ports
from emulator.paths import CLUSTERS, PROJECT
from emulator.store import Store

DEFAULT_SERVICE_CIDR = "172.20.0.0/16"
USER = "openmarket-deployer"

_CLUSTER = "aws:eks/cluster:Cluster"
_START_SECONDS = 60.0
_NAMES = ("controllers", "kubelets", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd")
# Below the range from which the kernel takes ports for outgoing connections (32768 on Linux).
_PORTS = range(20000, 32000)


@dataclass(frozen=True)
class ControlPlane:
    """How to reach a cluster: its `https` endpoint and the certificate authority, PEM in base64."""

    endpoint: str
    certificate_authority: str


@dataclass(frozen=True)
class _Settings:
    version: str
    service_cidr: str
    ports: Ports


def start(name: str, version: str, service_cidr: str = DEFAULT_SERVICE_CIDR) -> ControlPlane:
    """Start a cluster's control plane, or whatever of it does not run, and wait until it serves.

    `version` is the EKS version, such as `1.36`; nodes report it, whatever version the binaries have.

    Raises:
        RuntimeError: A process ended or did not serve in time; the message names its log.
    """
    with _locked(name):
        settings_file = _folder(name) / "settings.json"
        if not settings_file.exists():
            credentials.create(_folder(name), USER)
            settings = _Settings(version, service_cidr, Ports(*_free_ports(4)))
            credentials.write_private(settings_file, json.dumps(asdict(settings)))
        _start_processes(name)
        return _reached(name)


def ensure(name: str) -> ControlPlane:
    """Restart what should run of an existing cluster, after a reboot or a crash. Its data is still there."""
    with _locked(name):
        _start_processes(name)
        return _reached(name)


def ensure_all(store: Store) -> None:
    """Restart what should run of every emulated EKS cluster."""
    for cluster in store.find(_CLUSTER):
        if exists(cluster.id):
            ensure(cluster.id)


def exists(name: str) -> bool:
    """Whether the cluster has a control plane, running or not."""
    return (_folder(name) / "settings.json").exists()


def stop(name: str) -> None:
    """End the cluster's processes and delete its data. No error when there is none."""
    with _locked(name):
        for process in _NAMES:
            processes.stop(f"{name}/{process}")
        shutil.rmtree(_folder(name), ignore_errors=True)
        client.cache_clear()


def token(name: str) -> str:
    """The token that `aws eks get-token` answers.

    Raises:
        LookupError: There is no such cluster.
    """
    try:
        return (_folder(name) / "token").read_text()
    except FileNotFoundError:
        raise LookupError(f"No cluster found for name: {name}.") from None


def kubeconfig(name: str) -> Path:
    """The kubeconfig of the control plane's own processes; it holds a token and is readable by its owner only."""
    return _folder(name) / "kubeconfig"


def version(name: str) -> str:
    """The EKS version that the cluster was created with."""
    return _settings(name).version


def webhook_port(name: str) -> int:
    """The loopback port on which the controllers process serves admission webhooks."""
    return _settings(name).ports.webhooks


@cache
def client(name: str) -> Api:
    """A client of the cluster's API server with all permissions.

    Raises:
        LookupError: There is no such cluster.
    """
    reached = _reached(name)
    return Api(reached.endpoint, reached.certificate_authority, lambda: token(name))


def _folder(name: str) -> Path:
    return CLUSTERS / name


def certificate(name: str) -> Path:
    """The API server's self-signed certificate, which the webhooks serve with too."""
    return _folder(name) / "certificates" / "apiserver.crt"


def _settings(name: str) -> _Settings:
    try:
        content = json.loads((_folder(name) / "settings.json").read_text())
    except FileNotFoundError:
        raise LookupError(f"No cluster found for name: {name}.") from None
    return _Settings(content["version"], content["service_cidr"], Ports(**content["ports"]))


def _reached(name: str) -> ControlPlane:
    endpoint = f"https://127.0.0.1:{_settings(name).ports.apiserver}"
    return ControlPlane(endpoint, base64.b64encode(certificate(name).read_bytes()).decode())


def _start_processes(name: str) -> None:
    folder, settings = _folder(name), _settings(name)
    ports = settings.ports
    _run(name, "etcd", components.etcd(folder, ports))
    _run(name, "kube-apiserver", components.apiserver(folder, ports, settings.service_cidr))
    _wait(name)
    config = credentials.write_kubeconfig(folder, _reached(name).endpoint, certificate(name))
    _run(name, "kube-controller-manager", components.controller_manager(folder, config, certificate(name)))
    _run(name, "kube-scheduler", components.scheduler(config))
    _run(name, "kubelets", components.kubelets(config))
    _run(name, "controllers", components.controllers(name))


def _run(name: str, process: str, argv: Sequence[str]) -> None:
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONSAFEPATH": "1", "GOGC": "50"}
    processes.start(f"{name}/{process}", argv, _log(name, process), environment)


def _log(name: str, process: str) -> Path:
    return _folder(name) / "logs" / f"{process}.log"


def _wait(name: str) -> None:
    """Wait until the API server says that it is ready."""
    give_up = time.monotonic() + _START_SECONDS
    while True:
        for process in ("etcd", "kube-apiserver"):
            if not processes.alive(f"{name}/{process}"):
                log = _log(name, process)
                tail = "\n".join(log.read_text().splitlines()[-5:])
                raise RuntimeError(f"{process} of cluster {name} ended at its start, see {log}:\n{tail}")
        if certificate(name).exists():
            try:
                client(name).request("GET", "/readyz", timeout=2)
            except (ApiError, Unreachable) as error:
                reason = str(error)
            else:
                return
        else:
            reason = "it has no certificate yet"
        if time.monotonic() > give_up:
            log = _log(name, "kube-apiserver")
            raise RuntimeError(f"The API server of {name} does not serve after {_START_SECONDS:.0f} s ({reason}): {log}")
        time.sleep(0.1)


@contextmanager
def _locked(name: str) -> Generator[None]:
    """One process at a time starts or stops a cluster."""
    CLUSTERS.mkdir(parents=True, exist_ok=True)
    with (CLUSTERS / f".{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError(f"no free port on loopback between {_PORTS.start} and {_PORTS.stop}")
