"""A container that does one thing and ends: in a Job, or before a pod's own containers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes

from components.base.pods import Requests
from components.workloads.hardening import container_security, guaranteed, writable_mounts


@dataclass(frozen=True)
class Task:
    """The inputs of a container that does one thing and ends."""

    image: pulumi.Input[str]
    command: Sequence[str]
    """The command, in place of the image's entrypoint."""
    database: pulumi.Input[str]
    """The Secret with DB_HOST and DB_PORT of the database that it needs."""
    requests: Requests
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Secrets whose values are its environment, by what the variables' names start with."""
    config_maps: Sequence[pulumi.Input[str]] = ()
    """ConfigMaps whose values are its environment."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Further variables. They win over all others."""
    writable: Sequence[str] = ()
    """Directories that it writes to, besides `/tmp`."""


def task_container(name: str, task: Task) -> kubernetes.core.v1.ContainerArgs:
    """The task's container, hardened. Its pod has the task's `writable_volumes`."""
    sources = [
        *(
            kubernetes.core.v1.EnvFromSourceArgs(
                config_map_ref=kubernetes.core.v1.ConfigMapEnvSourceArgs(name=config_map)
            )
            for config_map in task.config_maps
        ),
        *(
            kubernetes.core.v1.EnvFromSourceArgs(
                prefix=prefix or None, secret_ref=kubernetes.core.v1.SecretEnvSourceArgs(name=secret)
            )
            for prefix, secret in task.secrets.items()
        ),
    ]
    return kubernetes.core.v1.ContainerArgs(
        name=name,
        image=task.image,
        command=list(task.command),
        env_from=sources,
        env=[kubernetes.core.v1.EnvVarArgs(name=key, value=value) for key, value in sorted(task.environment.items())],
        resources=guaranteed(task.requests),
        security_context=container_security(),
        volume_mounts=writable_mounts(task.writable),
    )
