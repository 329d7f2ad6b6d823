"""How Kubernetes finds out whether a pod has started, may get requests, and must be restarted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import pulumi_kubernetes as kubernetes

from components.config.services import HealthConfig, HealthProtocol, WebConfig, WorkerConfig
from components.config.services.ports import MAIN
from components.config.services.worker import HeartbeatConfig

_TIMEOUT_SECONDS = 3
_STARTUP_SECONDS, _READINESS_SECONDS, _LIVENESS_SECONDS = 5, 5, 10
"""Seconds from one probe to the next."""


@dataclass(frozen=True)
class Probes:
    """The probes of a container; None where nothing is asked."""

    startup: kubernetes.core.v1.ProbeArgs | None = None
    readiness: kubernetes.core.v1.ProbeArgs | None = None
    liveness: kubernetes.core.v1.ProbeArgs | None = None


def web_probes(settings: WebConfig) -> Probes:
    """The probes of a web service, as its health says. The placeholder answers HTTP requests, to whichever path."""
    health = settings.health if settings.image or settings.health.has_paths else HealthConfig()
    scheme = "HTTPS" if settings.speaks_tls else None

    def ask(path: str, period_seconds: int, failure_threshold: int) -> kubernetes.core.v1.ProbeArgs:
        return _probe(_handler(health, path, scheme, settings.port), period_seconds, failure_threshold)

    return Probes(
        startup=ask(health.startup, _STARTUP_SECONDS, _until_started(settings.startup_seconds)),
        readiness=ask(health.readiness, _READINESS_SECONDS, 3),
        liveness=ask(health.liveness, _LIVENESS_SECONDS, 6),
    )


def _handler(health: HealthConfig, path: str, scheme: str | None, port: int) -> dict[str, Any]:
    """The one argument of a probe that says what it asks."""
    if health.command:
        return _command(health.command)
    match health.protocol:
        case HealthProtocol.TCP:
            return {"tcp_socket": kubernetes.core.v1.TCPSocketActionArgs(port=MAIN)}
        case HealthProtocol.GRPC:
            # This one knows no names of ports.
            return {"grpc": kubernetes.core.v1.GRPCActionArgs(port=port)}
        case _:
            return {"http_get": kubernetes.core.v1.HTTPGetActionArgs(path=path, port=MAIN, scheme=scheme)}


def listening_probes(port: int) -> Probes:
    """The probes of a container that has started once it accepts connections, and is well as long as it does."""
    listening = {"tcp_socket": kubernetes.core.v1.TCPSocketActionArgs(port=port)}
    return Probes(startup=_probe(listening, 1, 60), liveness=_probe(listening, _LIVENESS_SECONDS, 6))


def worker_probes(settings: WorkerConfig) -> Probes:
    """The probes of a worker: a command of its own, or one that looks at its heartbeat.

    Nobody sends it requests, so it is ready as soon as it has started.
    """
    health = settings.health
    command = _fresh(health.heartbeat) if health.heartbeat else health.command
    if not command:
        return Probes()
    asking = _command(command)
    return Probes(
        startup=_probe(asking, _STARTUP_SECONDS, _until_started(settings.startup_seconds)),
        liveness=_probe(asking, _LIVENESS_SECONDS, 3),
    )


def _fresh(heartbeat: HeartbeatConfig) -> Sequence[str]:
    """A command that ends with 0 if the file was touched lately. Both BusyBox and GNU have these options of `stat`."""
    age = f"$(($(date +%s) - $(stat -c %Y {heartbeat.file})))"
    return ["sh", "-c", f"test {age} -le {heartbeat.seconds}"]


def _until_started(seconds: int) -> int:
    return ceil(seconds / _STARTUP_SECONDS)


def _command(words: Sequence[str]) -> dict[str, Any]:
    return {"exec_": kubernetes.core.v1.ExecActionArgs(command=list(words))}


def _probe(handler: Mapping[str, Any], period_seconds: int, failure_threshold: int) -> kubernetes.core.v1.ProbeArgs:
    return kubernetes.core.v1.ProbeArgs(
        **handler,
        period_seconds=period_seconds,
        timeout_seconds=_TIMEOUT_SECONDS,
        failure_threshold=failure_threshold,
    )
