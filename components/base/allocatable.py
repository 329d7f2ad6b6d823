"""The allocatable resources of a node: what is left for pods, by the formulas of EKS' own node image."""

import math
from dataclasses import dataclass

_HYPERVISOR_SHARE = 0.075
"""Share of an instance type's memory that the hypervisor keeps from the kernel. It differs by type; this is Karpenter's
default for the same estimate (https://karpenter.sh/docs/reference/settings/, VM_MEMORY_OVERHEAD_PERCENT)."""
_EVICTION_MIB = 100
"""MiB that stay free, or the kubelet evicts pods (nodeadm, `memory.available`)."""
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


def allocatable(instance: InstanceType) -> Allocatable:
    """The allocatable resources of a node of this type.

    The reservations are those of https://github.com/awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go.
    """
    pods = _pods(instance)
    return Allocatable(
        cpu=instance.vcpus * 1000 - _reserved_cpu(instance.vcpus),
        memory=math.floor(instance.memory * (1 - _HYPERVISOR_SHARE)) - (255 + 11 * pods) - _EVICTION_MIB,
        pods=pods,
    )


def _pods(instance: InstanceType) -> int:
    """The smaller of what the addresses allow, 16 for each slot of an interface but its first, and EKS' limit."""
    addresses = instance.interfaces * (instance.addresses - 1) * PREFIX_ADDRESSES
    limit = _PODS_AT_MOST_LARGE if instance.vcpus > _LARGE_VCPUS else _PODS_AT_MOST
    return min(addresses + HOST_NETWORK_PODS, limit)


def _reserved_cpu(vcpus: int) -> int:
    """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the others."""
    tenths = 600 * min(vcpus, 1) + 100 * min(max(vcpus - 1, 0), 1) + 50 * min(max(vcpus - 2, 0), 2)
    return math.ceil((tenths + 25 * max(vcpus - 4, 0)) / 10)
