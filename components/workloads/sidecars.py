"""The containers beside a service's own: Kubernetes starts them before it, in their order, and ends them after it."""

from collections.abc import Mapping

import pulumi_kubernetes as kubernetes

from components.config.services.sidecars import SidecarConfig
from components.workloads.hardening import container_security, guaranteed, writable_mounts
from components.workloads.probes import Probes, listening_probes


def sidecars(settings: Mapping[str, SidecarConfig]) -> list[kubernetes.core.v1.ContainerArgs]:
    """The sidecars as init containers that go on, hardened like all others, with `/tmp` in common with them.

    They have the pod's role in AWS and its network, and none of its Secrets.
    """
    return [_sidecar(name, sidecar) for name, sidecar in settings.items()]


def _sidecar(name: str, settings: SidecarConfig) -> kubernetes.core.v1.ContainerArgs:
    port = settings.port
    probes = listening_probes(port) if port else Probes()
    return kubernetes.core.v1.ContainerArgs(
        name=name,
        image=settings.image,
        restart_policy="Always",
        command=list(settings.command) or None,
        args=list(settings.arguments) or None,
        env=[
            kubernetes.core.v1.EnvVarArgs(name=key, value=value) for key, value in sorted(settings.environment.items())
        ]
        or None,
        ports=[kubernetes.core.v1.ContainerPortArgs(container_port=port, protocol="TCP")] if port else None,
        resources=guaranteed(settings.requests),
        startup_probe=probes.startup,
        liveness_probe=probes.liveness,
        security_context=container_security(),
        volume_mounts=writable_mounts(()),
    )
