"""Pod hardening: the restricted Pod Security Standard, and a root file system that is only read."""

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes

from components.base.pods import Requests
from components.config.writable import TEMPORARY, volume_name

_USER = 10001
"""Any id that no user of the node has: the images own no files that must be written."""


def pod_security(*, writes_volumes: bool = False) -> kubernetes.core.v1.PodSecurityContextArgs:
    """No root, and no system calls beyond the container runtime's own list.

    Args:
        writes_volumes: True if the pod has volumes of the cloud, which are root's unless a group is named.
    """
    return kubernetes.core.v1.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=_USER,
        run_as_group=_USER,
        fs_group=_USER if writes_volumes else None,
        # The owner of every file is changed once, and not whenever a pod starts.
        fs_group_change_policy="OnRootMismatch" if writes_volumes else None,
        seccomp_profile=kubernetes.core.v1.SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security() -> kubernetes.core.v1.SecurityContextArgs:
    """No way to more privileges, no capabilities, a root file system that is only read."""
    return kubernetes.core.v1.SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=kubernetes.core.v1.CapabilitiesArgs(drop=["ALL"]),
    )


def writable_volumes(directories: Sequence[str]) -> list[kubernetes.core.v1.VolumeArgs]:
    """The volumes of these directories and of `/tmp`, which are empty at the pod's start and deleted with it."""
    return [
        kubernetes.core.v1.VolumeArgs(name=volume_name(path), empty_dir=kubernetes.core.v1.EmptyDirVolumeSourceArgs())
        for path in (TEMPORARY, *directories)
    ]


def writable_mounts(directories: Sequence[str]) -> list[kubernetes.core.v1.VolumeMountArgs]:
    """These directories and `/tmp` of a container, from its pod's `writable_volumes`."""
    return [
        kubernetes.core.v1.VolumeMountArgs(name=volume_name(path), mount_path=path)
        for path in (TEMPORARY, *directories)
    ]


def guaranteed(requests: Requests) -> kubernetes.core.v1.ResourceRequirementsArgs:
    """Requests that equal limits (QoS class Guaranteed), for the node's disk too."""
    resources = {"cpu": requests.cpu, "memory": requests.memory, "ephemeral-storage": requests.disk}
    return kubernetes.core.v1.ResourceRequirementsArgs(requests=resources, limits=resources)
