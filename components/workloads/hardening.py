"""What every pod here gives up: the restricted Pod Security Standard, and writing anywhere but to `/tmp`."""

import pulumi_kubernetes as kubernetes

_USER = 1000
"""Any id but root's: the images own no files that must be written."""
_TMP = "tmp"


def pod_security() -> kubernetes.core.v1.PodSecurityContextArgs:
    """No root, and no system calls beyond the container runtime's own list."""
    return kubernetes.core.v1.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=_USER,
        run_as_group=_USER,
        seccomp_profile=kubernetes.core.v1.SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security() -> kubernetes.core.v1.SecurityContextArgs:
    """No way to more privileges, no capabilities, a root file system that is only read."""
    return kubernetes.core.v1.SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=kubernetes.core.v1.CapabilitiesArgs(drop=["ALL"]),
    )


def tmp_volume() -> kubernetes.core.v1.VolumeArgs:
    """What `tmp_mount` mounts. It lives as long as its pod."""
    return kubernetes.core.v1.VolumeArgs(name=_TMP, empty_dir=kubernetes.core.v1.EmptyDirVolumeSourceArgs())


def tmp_mount() -> kubernetes.core.v1.VolumeMountArgs:
    """`/tmp`, for programs that do not ask where they may write."""
    return kubernetes.core.v1.VolumeMountArgs(name=_TMP, mount_path="/tmp")  # noqa: S108


def guaranteed(cpu: str, memory: str) -> kubernetes.core.v1.ResourceRequirementsArgs:
    """Requests that equal limits (QoS class Guaranteed)."""
    resources = {"cpu": cpu, "memory": memory}
    return kubernetes.core.v1.ResourceRequirementsArgs(requests=resources, limits=resources)
