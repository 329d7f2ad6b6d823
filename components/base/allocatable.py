"""The allocatable resources of a node: what is left for pods, by the formulas of EKS' own node image."""

import math
from dataclasses import dataclass

_HYPERVISOR_SHARE = 0.075
"""Share of an instance type's memory that the hypervisor keeps from the kernel. It differs by type; this is Karpenter's
default for the same estimate (https://karpenter.sh/docs/reference/settings/, VM_MEMORY_OVERHEAD_PERCENT)."""
_EVICTION_MIB = 100
"""MiB that stay free, or the kubelet evicts pods (nodeadm, `memory.available`)."""
_FILE_SYSTEM_SHARE = 0.995
"""Share of a volume that the file system offers. It was 0.9994 of 20 GiB on Amazon Linux 2
(https://github.com/awslabs/amazon-eks-ami/pull/1126); Amazon Linux 2023 has one partition more."""
_FREE_DISK_SHARE = 0.1
"""Share of the disk that stays free, or the kubelet evicts pods (nodeadm, `nodefs.available`)."""
_RESERVED_DISK_MIB = 1024
"""MiB of the disk that are reserved for the system (nodeadm, `ephemeral-storage`)."""
_DISK_MIB_PER_GIB = 1024 * _FILE_SYSTEM_SHARE * (1 - _FREE_DISK_SHARE)
PREFIX_ADDRESSES = 16
"""Addresses of a /28, the unit in which the CNI assigns addresses to a node (prefix delegation)."""
HOST_NETWORK_PODS = 2
"""Pods of the CNI and of kube-proxy, which use the node's own address."""
_PODS_AT_MOST, _PODS_AT_MOST_LARGE, _LARGE_VCPUS = 110, 250, 30
"""Limits of EKS for managed node groups, by vCPUs (https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html)."""


@dataclass(frozen=True)
class InstanceType:
    """An instance type as EC2 describes it."""

    name: str
    vcpus: int
    memory: int
    """MiB."""
    interfaces: int
    """Network interfaces."""
    addresses: int
    """IPv4 addresses per network interface."""


@dataclass(frozen=True)
class Allocatable:
    """Resources that pods may request on a node."""

    cpu: int
    """Millicores."""
    memory: int
    """MiB."""
    pods: int
    """Number of pods, those of DaemonSets included."""
    disk: int
    """MiB of the node's disk, for logs and directories."""


def allocatable(instance: InstanceType, disk_gib: int) -> Allocatable:
    """The allocatable resources of a node of this type with a volume of this size in GiB.

    The reservations are those of https://github.com/awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go.
    """
    pods = _pods(instance)
    return Allocatable(
        cpu=instance.vcpus * 1000 - _reserved_cpu(instance.vcpus),
        memory=math.floor(instance.memory * (1 - _HYPERVISOR_SHARE)) - (255 + 11 * pods) - _EVICTION_MIB,
        pods=pods,
        disk=math.floor(disk_gib * _DISK_MIB_PER_GIB) - _RESERVED_DISK_MIB,
    )


def volume_for(disk: int) -> int:
    """The size in GiB of the smallest volume of which pods may request so many MiB."""
    return math.ceil((disk + _RESERVED_DISK_MIB) / _DISK_MIB_PER_GIB)


def _pods(instance: InstanceType) -> int:
    """The smaller of what the addresses allow, 16 for each slot of an interface but its first, and EKS' limit."""
    addresses = instance.interfaces * (instance.addresses - 1) * PREFIX_ADDRESSES
    limit = _PODS_AT_MOST_LARGE if instance.vcpus > _LARGE_VCPUS else _PODS_AT_MOST
    return min(addresses + HOST_NETWORK_PODS, limit)


def _reserved_cpu(vcpus: int) -> int:
    """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the others."""
    tenths = 600 * min(vcpus, 1) + 100 * min(max(vcpus - 1, 0), 1) + 50 * min(max(vcpus - 2, 0), 2)
    return math.ceil((tenths + 25 * max(vcpus - 4, 0)) / 10)
