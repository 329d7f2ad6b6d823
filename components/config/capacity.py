"""The capacity rule: everything that may run fits into the node groups at their largest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.addons import catalogue
from components.addons.catalogue import AddonsConfig
from components.addons.parts import Pods
from components.base.allocatable import Allocatable, InstanceType, allocatable
from components.base.pods import Demand, Requests, demand, in_turn
from components.config.cluster import ClusterConfig, NodeGroupConfig, TaintEffect
from components.config.problems import Problem
from components.config.services import WAIT_FOR_DATABASE, DeployedConfig, JobConfig, ServiceConfig, only
from components.config.uses import Use

_NODES_AT_MOST = 450
"""Nodes of a managed node group at most (an EKS quota)."""


@dataclass
class _Node:
    cpu: int
    memory: int
    pods: int

    def take(self, pod: Demand) -> None:
        self.cpu -= pod.cpu
        self.memory -= pod.memory
        self.pods -= 1

    def can_take(self, pod: Demand) -> bool:
        return self.cpu >= pod.cpu and self.memory >= pod.memory and self.pods >= 1


def fits_at_maximum(
    cluster: ClusterConfig,
    addons: AddonsConfig,
    services: Mapping[str, ServiceConfig],
    instance_types: Mapping[str, InstanceType],
) -> Iterator[Problem]:
    """All services at their maximum, all being rolled out, and the add-ons fit into the largest node groups.

    That is their `max`, or their `desired` if there is no autoscaler that would ever add a node. Groups that keep
    ordinary pods away with a taint do not count, and of a group's instance types the smallest does.
    """
    groups = {name: group for name, group in cluster.node_groups.items() if not _keeps_pods_away(group)}
    grows = addons.cluster_autoscaler.enabled
    nodes = {name: group.max if grows else group.desired for name, group in groups.items()}
    of_addons = catalogue.pods(addons)
    sizes = {name: smallest(instance_types[type_] for type_ in group.instance_types) for name, group in groups.items()}
    left = {name: subtract(size, of_addons.per_node) for name, size in sizes.items()}
    pods = [
        *of_addons.deployed,
        *(pod for service in services.values() for pod in [service_pod(service)] * service.pods_at_most),
    ]
    if not groups:
        yield Problem("openmarket:cluster.nodeGroups", "all tainted", "a group without a taint, for the shop's pods")
    elif not fits(pods, [left[name] for name in groups for _ in range(nodes[name])]):
        # The last group is the one to grow: with a single one, which is the usual case, there is no other.
        *others, (name, group) = groups.items()
        rest = [left[other] for other, _ in others for _ in range(nodes[other])]
        enough = nodes_needed(pods, rest, left[name])
        key = f"openmarket:cluster.nodeGroups.{name}.{'max' if grows else 'desired'}"
        types = "/".join(group.instance_types)
        expected = f"{enough} or more" if enough else "larger instance types, as no number of these is enough"
        alone = "" if grows else ", as no autoscaler is on to add nodes"
        lines = [f"{expected}{alone}, or lower maxReplicas:", *_arithmetic(of_addons, services, left[name], types)]
        yield Problem(key, nodes[name], "\n".join(lines))


def service_pod(service: ServiceConfig) -> Demand:
    """The demand of one pod of the service, also while it waits for the database."""
    before: list[Requests] = [WAIT_FOR_DATABASE] if Use.DATABASE in service.uses else []
    together = demand(*service.containers)
    alone = in_turn(*before, service.requests)
    return Demand(max(together.cpu, alone.cpu), max(together.memory, alone.memory))


def fits(pods: Sequence[Demand], nodes: Sequence[Allocatable]) -> bool:
    """True if each pod finds a node when the smallest come first and each takes the emptiest node.

    So the scheduler spreads pods, and so they leave the least room together: small ones everywhere, before large ones.
    """
    free = [(node, _Node(node.cpu, node.memory, node.pods)) for node in nodes]
    for pod in sorted(pods):
        candidates = [(size, node) for size, node in free if node.can_take(pod)]
        if not candidates:
            return False
        max(candidates, key=lambda each: min(each[1].cpu / each[0].cpu, each[1].memory / each[0].memory))[1].take(pod)
    return True


def nodes_needed(pods: Sequence[Demand], others: Sequence[Allocatable], node: Allocatable) -> int | None:
    """The least number of such nodes that hold the pods together with the other nodes; None if no number does."""
    if not fits(pods, [*others, *[node] * _NODES_AT_MOST]):
        return None
    low, high = 0, _NODES_AT_MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(pods, [*others, *[node] * middle]) else (middle, high)
    return high


def _arithmetic(of_addons: Pods, services: Mapping[str, ServiceConfig], node: Allocatable, types: str) -> Iterator[str]:
    for name, service in only(DeployedConfig, services).items():
        count, surge, pod = service.max_replicas, service.surge, service_pod(service)
        total = _amount((count + surge) * pod.cpu, (count + surge) * pod.memory)
        yield f"      {name}: ({count} maxReplicas + {surge} in a rollout) x {_amount(*pod)} = {total}"
    for name, service in only(JobConfig, services).items():
        count, pod = service.pods_at_most, service_pod(service)
        runs = "1 run" if count == 1 else f"{count} runs at a time"
        yield f"      {name}: {runs} x {_amount(*pod)} = {_amount(count * pod.cpu, count * pod.memory)}"
    deployed, per_node = of_addons.deployed, of_addons.per_node
    yield f"      add-ons: {len(deployed)} pods, {_amount(*_sum(deployed))}"
    yield f"      every node: {len(per_node)} pods, {_amount(*_sum(per_node))}"
    yield f"      which leaves of {types}: {node.pods} pods, {_amount(node.cpu, node.memory)}"


def _keeps_pods_away(group: NodeGroupConfig) -> bool:
    return any(taint.effect is not TaintEffect.PREFER_NO_SCHEDULE for taint in group.taints)


def smallest(types: Iterable[InstanceType]) -> Allocatable:
    """What a node has at least, if it may be of any of these types."""
    sizes = [allocatable(each) for each in types]
    return Allocatable(*(min(getattr(each, field) for each in sizes) for field in ("cpu", "memory", "pods")))


def subtract(node: Allocatable, pods: Sequence[Demand]) -> Allocatable:
    """What is left of a node beside these pods, such as those of DaemonSets."""
    taken = _sum(pods)
    return Allocatable(node.cpu - taken.cpu, node.memory - taken.memory, node.pods - len(pods))


def _sum(pods: Sequence[Demand]) -> Demand:
    return Demand(sum(pod.cpu for pod in pods), sum(pod.memory for pod in pods))


def _amount(cpu: int, memory: int) -> str:
    return f"{cpu / 1000:g} CPU, {round(memory / 1024, 2):g} GiB"
