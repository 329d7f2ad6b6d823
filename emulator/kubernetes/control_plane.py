"""Runs a real Kubernetes control plane on loopback for every emulated EKS cluster."""

import base64
import fcntl
import os
import shutil
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from emulator import processes
from emulator.contract import ControlPlane
from emulator.kubernetes import cluster_files, components, credentials
from emulator.kubernetes.api import Api, ApiError, Unreachable
from emulator.kubernetes.components import Ports
from emulator.paths import CLUSTERS, CODE, SETTINGS

DEFAULT_SERVICE_CIDR = "172.20.0.0/16"

_START_SECONDS = 60.0
_NAMES = ("controllers", "kubelets", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd")


def start(name: str, version: str, service_cidr: str = DEFAULT_SERVICE_CIDR) -> ControlPlane:
    """Start those processes of a cluster's control plane that do not run, and wait until the API server is ready.

    `version` is the EKS version, such as `1.36`. Nodes report it, whatever version the binaries have.

    Raises:
        RuntimeError: A process ended, or the API server was not ready in time; the message names the log.
    """
    with _locked(name):
        cluster_files.create(name, version, service_cidr)
        _start_processes(name)
        return reached(name)


def ensure(name: str) -> ControlPlane:
    """Restart the missing processes of an existing cluster, for example after a reboot. Its data is kept."""
    with _locked(name):
        _start_processes(name)
        return reached(name)


def ensure_all(names: Iterable[str]) -> None:
    """Restart the missing processes of those clusters that have a control plane."""
    for name in names:
        if exists(name):
            ensure(name)


def exists(name: str) -> bool:
    """Return whether the cluster has a control plane, running or not."""
    return name in cluster_files.names()


def stop(name: str) -> None:
    """End the cluster's processes and delete its data. It is no error if there is no such cluster."""
    with _locked(name):
        for process in _NAMES:
            processes.stop(f"{name}/{process}")
        shutil.rmtree(cluster_files.folder(name), ignore_errors=True)
        client.cache_clear()


def names() -> list[str]:
    """Return the names of the clusters that have a control plane, running or not."""
    return cluster_files.names()


@contextmanager
def frozen(names: Iterable[str]) -> Generator[None]:
    """Suspend the processes of the clusters meanwhile. A copy of their files is then as after a crash of all of them.

    Nothing is disconnected by it, and requests wait.

    Raises:
        TimeoutError: A process cannot be suspended.
    """
    with _all_locked(names) as clusters:
        each = [f"{name}/{process}" for process in _NAMES for name in clusters]
        try:
            for process in each:
                processes.pause(process)
            yield
        finally:
            for process in reversed(each):
                processes.resume(process)


@contextmanager
def stopped(names: Iterable[str]) -> Generator[None]:
    """Kill the processes of the clusters, and meanwhile keep others from starting them. Their data is kept."""
    with _all_locked(names) as clusters:
        for process in _NAMES:
            for name in clusters:
                processes.stop(f"{name}/{process}", timeout=0)
        client.cache_clear()
        yield


def free_ports(kept: Ports | None = None) -> Ports:
    """Return ports that no process listens on now: `kept` if these are free.

    Raises:
        RuntimeError: There are not enough.
    """
    return cluster_files.free_ports(kept)


def reached(name: str) -> ControlPlane:
    """Return the cluster's endpoint and certificate authority, whether it runs or not."""
    authority = base64.b64encode(certificate(name).read_bytes()).decode()
    return ControlPlane(cluster_files.settings(name).endpoint, authority)


def named(endpoint: str) -> str:
    """Return the name of the cluster with the endpoint.

    Raises:
        LookupError: No cluster has the endpoint.
    """
    for name in cluster_files.names():
        if cluster_files.settings(name).endpoint == endpoint:
            return name
    raise LookupError(f"No cluster of the emulator has the endpoint {endpoint}")


def token(name: str) -> str:
    """Return the token of the control plane's own processes. Users get theirs from `aws eks get-token`.

    Raises:
        LookupError: There is no such cluster.
    """
    return cluster_files.token(name)


def kubeconfig(name: str) -> Path:
    """Return the path of the kubeconfig of the control plane's processes, which only its owner may read."""
    return cluster_files.folder(name) / "kubeconfig"


def certificate(name: str) -> Path:
    """Return the path of the API server's self-signed certificate, with which the webhooks serve, too."""
    return cluster_files.certificate(name)


def version(name: str) -> str:
    """Return the EKS version of the cluster."""
    return cluster_files.settings(name).version


def listener_port(name: str) -> Path:
    """Return the path of the file with the loopback port that stands for the cluster's load balancers."""
    return cluster_files.folder(name) / "listener.port"


def container_logs(name: str) -> Path:
    """Return the path of the folder with the logs of controllers' pods, which their stand-ins write."""
    return cluster_files.folder(name) / "logs" / "containers"


@cache
def client(name: str) -> Api:
    """Return a client of the cluster's API server with all permissions.

    Raises:
        LookupError: There is no such cluster.
    """
    found = reached(name)
    return Api(found.endpoint, found.certificate_authority, lambda: token(name))


def _start_processes(name: str) -> None:
    folder, settings = cluster_files.folder(name), cluster_files.settings(name)
    _run(name, "etcd", components.etcd(folder, settings.ports))
    _run(name, "kube-apiserver", components.apiserver(folder, settings.ports, settings.service_cidr))
    _wait("kube-apiserver", name, lambda: _not_ready(name))
    config = credentials.write_kubeconfig(folder, settings.endpoint, certificate(name))
    _run(name, "kube-controller-manager", components.controller_manager(folder, config, certificate(name)))
    _run(name, "kube-scheduler", components.scheduler(config))
    _run(name, "kubelets", components.kubelets(config))
    _run(name, "controllers", components.controllers(name))
    _wait("controllers", name, lambda: _not_admitting(name))


def _run(name: str, process: str, argv: Sequence[str]) -> None:
    # GOGC reduces memory at the cost of some CPU time, so that two stacks can run at once.
    own = {"PYTHONPATH": str(CODE), "PYTHONSAFEPATH": "1", "GOGC": "50", **SETTINGS.environment()}
    log, folder = cluster_files.log(name, process), cluster_files.folder(name)
    processes.start(f"{name}/{process}", argv, log, os.environ | own, folder)


def _wait(waited: str, name: str, why_not: Callable[[], str]) -> None:
    """Wait until the process `waited` serves, that is until `why_not` returns no reason."""
    give_up = time.monotonic() + _START_SECONDS
    while True:
        for process in dict.fromkeys(("etcd", "kube-apiserver", waited)):
            if not processes.alive(f"{name}/{process}"):
                log = cluster_files.log(name, process)
                tail = "\n".join(log.read_text().splitlines()[-5:])
                raise RuntimeError(f"{process} of cluster {name} ended at its start, see {log}:\n{tail}")
        reason = why_not()
        if not reason:
            return
        if time.monotonic() > give_up:
            log = cluster_files.log(name, waited)
            raise RuntimeError(f"{waited} of {name} does not serve after {_START_SECONDS:.0f} s ({reason}): {log}")
        time.sleep(0.1)


def _not_ready(name: str) -> str:
    """Return why the API server is not ready; empty if it is."""
    if not cluster_files.certificate_key(name).exists():
        return "it has no certificate yet"
    try:
        client(name).request("GET", "/readyz", timeout=2)
    except (ApiError, Unreachable) as error:
        return str(error)
    return ""


def _not_admitting(name: str) -> str:
    """Return why the API server cannot reach EKS's authorization endpoint yet; empty if it can."""
    nobody = {"user": "emulator:nobody", "nonResourceAttributes": {"path": "/emulated", "verb": "get"}}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": nobody}
    try:
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        answer = client(name).request("POST", path, review, timeout=5)
    except (ApiError, Unreachable) as error:
        return str(error)
    return str(answer["status"].get("evaluationError", ""))


@contextmanager
def _all_locked(names: Iterable[str]) -> Generator[list[str]]:
    """Hold the locks of several clusters, in an order that is always the same."""
    with ExitStack() as locks:
        clusters = sorted(names)
        for name in clusters:
            locks.enter_context(_locked(name))
        yield clusters


@contextmanager
def _locked(name: str) -> Generator[None]:
    """Hold the lock that lets one process at a time start or stop a cluster."""
    CLUSTERS.mkdir(parents=True, exist_ok=True)
    with (CLUSTERS / f".{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
