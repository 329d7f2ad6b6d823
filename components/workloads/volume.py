"""The EBS volume of a service in its pod."""

import pulumi_kubernetes as kubernetes

from components.config.services import VolumeConfig
from components.config.writable import volume_name


def claim_name(service: str) -> str:
    """The claim for the service's volume."""
    return f"{service}-data"


def pod_volumes(service: str, volume: VolumeConfig | None) -> list[kubernetes.core.v1.VolumeArgs]:
    """The service's volume in its pod; none if it has none."""
    if volume is None:
        return []
    source = kubernetes.core.v1.PersistentVolumeClaimVolumeSourceArgs(claim_name=claim_name(service))
    return [kubernetes.core.v1.VolumeArgs(name=volume_name(volume.path), persistent_volume_claim=source)]


def volume_mounts(volume: VolumeConfig | None) -> list[kubernetes.core.v1.VolumeMountArgs]:
    """The volume in the service's container; none if it has none."""
    if volume is None:
        return []
    return [kubernetes.core.v1.VolumeMountArgs(name=volume_name(volume.path), mount_path=volume.path)]
