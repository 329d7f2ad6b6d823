"""The address rule: the private subnets hold the largest cluster, as a node without addresses starts no pods."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.addons import catalogue
from components.addons.catalogue import AddonsConfig
from components.base.allocatable import HOST_NETWORK_PODS, PREFIX_ADDRESSES
from components.base.subnets import plan
from components.config.cluster import UPDATED_AT_ONCE_PERCENT, ClusterConfig, NodeGroupConfig
from components.config.network import PREFIX_LENGTHS, NetworkConfig
from components.config.problems import Problem
from components.config.service_addons import addons_for
from components.config.services import ServiceConfig

RESERVED = 5
"""Addresses of every subnet that AWS keeps (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html)."""
CONTROL_PLANE = 6
"""Addresses that EKS asks for in each subnet (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html)."""
_UPDATED_AT_MOST = 100
"""Nodes of a group that EKS updates at once, at most (the same page as `addresses_for_all` names)."""
PREFIXES_TO_SPARE = 2
"""Unused prefixes of a node at most: one that its pods fill in part, and one kept warm (`WARM_PREFIX_TARGET`
in `cluster.py`)."""


@dataclass(frozen=True)
class _Need:
    nodes: int
    pods: int
    endpoints: int

    @property
    def prefixes(self) -> int:
        return math.ceil(self.pods / PREFIX_ADDRESSES) + PREFIXES_TO_SPARE * self.nodes

    @property
    def addresses(self) -> int:
        return self.nodes + PREFIX_ADDRESSES * self.prefixes + self.endpoints + CONTROL_PLANE + RESERVED


def addresses_for_all(
    network: NetworkConfig,
    cluster: ClusterConfig,
    addons: AddonsConfig,
    services: Mapping[str, ServiceConfig],
    new: bool = False,
) -> Iterator[Problem]:
    """Each zone's private subnet holds its share of the largest node groups while they are updated, and of their pods.

    The CNI gives a node its addresses in prefixes of 16. EKS updates a group by adding nodes first: a third of them, or
    two for each zone if that is more (https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html).

    Args:
        network: The network. Subnets of an existing one differ in size, so each of them is looked at.
        cluster: The node groups.
        addons: The add-ons and their pods.
        services: The services and their pods.
        new: True before there is a cluster: in an existing network, addresses that others use do not count.
    """
    zones = network.zones
    groups = cluster.node_groups.values()
    nodes = {
        zone: sum(_in_zone(group, zones, addons) for group in groups if zone in _zones(group, zones)) for zone in zones
    }
    of_addons = catalogue.pods(addons, addons_for(services, addons))
    elsewhere = len(of_addons.deployed) + sum(service.pods_at_most for service in services.values())
    every_node = len(of_addons.per_node) - HOST_NETWORK_PODS
    size = "max" if addons.cluster_autoscaler.enabled else "desired"
    keys = " or ".join(f"cluster.nodeGroups.{name}.{size}" for name in cluster.node_groups)
    rooms = {zone: _room(network, zone, new) for zone in zones}
    for zone in [max(zones, key=lambda each: nodes[each])] if network.existing is None else zones:
        need = _Need(
            nodes[zone], math.ceil(elsewhere / len(zones)) + every_node * nodes[zone], len(network.interface_endpoints)
        )
        if rooms[zone].addresses >= need.addresses:
            continue
        expected = [
            f"{_larger(network, zone, need)} or a lower {keys} or maxReplicas, for what zone {zone} may come to:"
        ]
        yield Problem(*_named(network, zone), "\n".join([*expected, *_arithmetic(rooms[zone], need)]))


@dataclass(frozen=True)
class _Room:
    addresses: int
    """With those that AWS keeps."""
    what: str


def _room(network: NetworkConfig, zone: str, new: bool) -> _Room:
    size = network.networks.subnets[zone].private.num_addresses
    if network.existing is None or not new:
        return _Room(size, f"the {size} addresses in its private subnet")
    free = network.found.subnets[network.existing.ids[zone].private].free
    return _Room(free + RESERVED, f"the {free + RESERVED} addresses that others leave of its private subnet's {size}")


def _named(network: NetworkConfig, zone: str) -> tuple[str, str]:
    """The key in the stack file that is too small, and its value."""
    if network.existing is None:
        return "openmarket:network.cidr", str(network.cidr)
    return f"openmarket:network.existing.subnets.{zone}.private", network.existing.ids[zone].private


def _larger(network: NetworkConfig, zone: str, need: _Need) -> str:
    if network.existing is not None:
        return "a larger subnet"
    available = {
        length: plan(IPv4Network((0, length)), [zone])[zone].private.num_addresses for length in PREFIX_LENGTHS
    }
    lengths = [length for length, addresses in available.items() if addresses >= need.addresses]
    return f"a /{max(lengths)} or larger, chosen before the first deployment," if lengths else "a smaller cluster,"


def _arithmetic(room: _Room, need: _Need) -> Iterator[str]:
    yield f"      {need.nodes} nodes at the maximum while their group is updated, an address each = {need.nodes}"
    prefixes = f"{need.prefixes} prefixes of {PREFIX_ADDRESSES}"
    total = need.prefixes * PREFIX_ADDRESSES
    yield f"      {need.pods} pods, and up to {PREFIXES_TO_SPARE} prefixes to spare on each node: {prefixes} = {total}"
    yield f"      interface endpoints: {need.endpoints}, control plane: {CONTROL_PLANE}, kept by AWS: {RESERVED}"
    yield f"      which is {need.addresses} of {room.what}"


def _zones(group: NodeGroupConfig, zones: Sequence[str]) -> Sequence[str]:
    return group.zones or zones


def _in_zone(group: NodeGroupConfig, zones: Sequence[str], addons: AddonsConfig) -> int:
    """Nodes of the group in one of its zones, over which EC2 Auto Scaling keeps them even."""
    mine = len(_zones(group, zones))
    nodes = group.max if addons.cluster_autoscaler.enabled else group.desired
    added = max(2 * mine, min(math.ceil(nodes * UPDATED_AT_ONCE_PERCENT / 100), _UPDATED_AT_MOST))
    return math.ceil((nodes + added) / mine)
