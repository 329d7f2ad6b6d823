"""How much of a node is left for pods. Pure arithmetic, by the formulas of EKS' own node image."""

import math
from dataclasses import dataclass

_HYPERVISOR_SHARE = 0.075
"""Of the memory that EC2 sells; the node's kernel sees the rest. Differs by type: this is Karpenter's default for the
same estimate (https://karpenter.sh/docs/reference/settings/, VM_MEMORY_OVERHEAD_PERCENT)."""
_EVICTION_MIB = 100
"""The kubelet evicts pods before less than this is free (nodeadm, `memory.available`)."""
PREFIX_ADDRESSES = 16
"""In what the CNI gives a node at once, a /28 (prefix delegation)."""
HOST_NETWORK_PODS = 2
"""The CNI's and kube-proxy, which take no address."""
_PODS_AT_MOST, _PODS_AT_MOST_LARGE, _LARGE_VCPUS = 110, 250, 30
"""EKS' limits for managed node groups, by vCPUs (https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html)."""


@dataclass(frozen=True)
class InstanceType:
    """What EC2 says of an instance type. Memory in MiB."""

    name: str
    vcpus: int
    memory: int
    interfaces: int
    addresses: int
    """IPv4 addresses per network interface."""


@dataclass(frozen=True)
class Room:
    """Millicores, MiB and number of pods."""

    cpu: int
    memory: int
    pods: int


def room(instance: InstanceType) -> Room:
    """What the scheduler may give to pods on a node of this type.

    The reservations are those of https://github.com/awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go.
    """
    pods = _pods(instance)
    return Room(
        cpu=instance.vcpus * 1000 - _reserved_cpu(instance.vcpus),
        memory=math.floor(instance.memory * (1 - _HYPERVISOR_SHARE)) - (255 + 11 * pods) - _EVICTION_MIB,
        pods=pods,
    )


def _pods(instance: InstanceType) -> int:
    """By addresses, 16 in each place of an interface but its first (prefix delegation), and by EKS' limit."""
    addresses = instance.interfaces * (instance.addresses - 1) * PREFIX_ADDRESSES
    limit = _PODS_AT_MOST_LARGE if instance.vcpus > _LARGE_VCPUS else _PODS_AT_MOST
    return min(addresses + HOST_NETWORK_PODS, limit)


def _reserved_cpu(vcpus: int) -> int:
    """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the others."""
    tenths = 600 * min(vcpus, 1) + 100 * min(max(vcpus - 1, 0), 1) + 50 * min(max(vcpus - 2, 0), 2)
    return math.ceil((tenths + 25 * max(vcpus - 4, 0)) / 10)
