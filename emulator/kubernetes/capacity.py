"""Computes the capacity and allocatable resources that a kubelet on EKS reports."""

import math
from dataclasses import dataclass

from emulator.contract import InstanceType

PREFIX_ADDRESSES = 16
"""IPv4 addresses in a /28 prefix, which prefix delegation assigns in place of a single secondary address."""

_VM_OVERHEAD = 0.075
"""Share of memory that hypervisor and kernel use, as Karpenter estimates it by default."""
_EVICTION_MIB = 100
_POD_LIMIT_SMALL, _POD_LIMIT_LARGE, _LARGE_VCPU = 110, 250, 30
_FILE_SYSTEM_SHARE = 0.995
"""Share of a volume that its file system offers: slightly less than Amazon Linux 2 had of 20 GiB."""
_FREE_DISK_SHARE = 0.1
"""Share of the file system below which a kubelet evicts pods (nodeadm, `nodefs.available`)."""
_RESERVED_DISK_MIB = 1024


@dataclass(frozen=True)
class Capacity:
    """Resources of a node, and those that are allocatable to pods: CPU in millicores, memory and disk in MiB, pods."""

    cpu: int
    memory: int
    disk: int
    pods: int
    allocatable_cpu: int
    allocatable_memory: int
    allocatable_disk: int

    def as_status(self) -> dict[str, dict[str, str]]:
        """Return the fields `capacity` and `allocatable` of a node's status."""
        return {
            "capacity": _quantities(self.cpu, self.memory, self.disk, self.pods),
            "allocatable": _quantities(self.allocatable_cpu, self.allocatable_memory, self.allocatable_disk, self.pods),
        }


def of(instance: InstanceType, prefix_delegation: bool, disk_gib: int) -> Capacity:
    """Return the capacity of a node of this type and disk, with EKS's reservations for kubelet and system."""
    pods = max_pods(instance, prefix_delegation)
    memory = math.floor(instance.memory * 1024 * (1 - _VM_OVERHEAD))
    disk = disk_gib * 1024 * _FILE_SYSTEM_SHARE
    return Capacity(
        cpu=instance.vcpu * 1000,
        memory=memory,
        disk=math.floor(disk),
        pods=pods,
        allocatable_cpu=instance.vcpu * 1000 - reserved_cpu(instance.vcpu),
        allocatable_memory=max(0, memory - reserved_memory(pods) - _EVICTION_MIB),
        allocatable_disk=math.floor(disk * (1 - _FREE_DISK_SHARE)) - _RESERVED_DISK_MIB,
    )


def max_pods(instance: InstanceType, prefix_delegation: bool) -> int:
    """Return the maximum number of pods by IP addresses, and by EKS's limit for managed node groups.

    The first address of an interface is its own. Two pods are added, as each node has two with host networking.
    """
    slots = instance.interfaces * (instance.addresses - 1)
    addresses = slots * (PREFIX_ADDRESSES if prefix_delegation else 1)
    return min(addresses + 2, _POD_LIMIT_LARGE if instance.vcpu > _LARGE_VCPU else _POD_LIMIT_SMALL)


def reserved_cpu(vcpu: int) -> int:
    """Return the reserved millicores: 6 % of the first core, 1 % of the second, 0.5 % of two more, 0.25 % of others."""
    cores = [60.0] * min(vcpu, 1) + [10.0] * min(max(vcpu - 1, 0), 1) + [5.0] * min(max(vcpu - 2, 0), 2)
    return math.ceil(sum(cores) + 2.5 * max(vcpu - 4, 0))


def reserved_memory(pods: int) -> int:
    """Return the reserved MiB: 255, and 11 for each pod of the maximum."""
    return 255 + 11 * pods


def _quantities(cpu: int, memory: int, disk: int, pods: int) -> dict[str, str]:
    return {"cpu": f"{cpu}m", "memory": f"{memory}Mi", "pods": str(pods), "ephemeral-storage": f"{disk}Mi"}
