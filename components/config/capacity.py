"""The capacity rule: everything that may run fits into the node groups at their largest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from components.addons import catalogue
from components.addons.catalogue import AddonsConfig
from components.addons.parts import Pods
from components.base.allocatable import Allocatable, InstanceType, allocatable, volume_for
from components.base.pods import Demand, Requests, demand, in_turn
from components.config.cluster import ClusterConfig, NodeGroupConfig, TaintEffect
from components.config.placement import fits, fits_in_groups, least, nodes_needed
from components.config.problems import Problem
from components.config.service_addons import addons_for
from components.config.services import WAIT_FOR_DATABASE, DeployedConfig, JobConfig, ServiceConfig, only
from components.config.uses import Use


def fits_at_maximum(
    cluster: ClusterConfig,
    addons: AddonsConfig,
    services: Mapping[str, ServiceConfig],
    instance_types: Mapping[str, InstanceType],
) -> Iterator[Problem]:
    """All services at their maximum, all being rolled out, and the add-ons fit into the largest node groups.

    That is their `max`, or their `desired` if there is no autoscaler that would ever add a node. Groups that keep
    ordinary pods away with a taint count for services that name them alone, and of a group's instance types the
    smallest does.
    """
    grows, of_addons = addons.cluster_autoscaler.enabled, catalogue.pods(addons, addons_for(services, addons))
    groups = {
        name: _Group(
            f"openmarket:cluster.nodeGroups.{name}.{'max' if grows else 'desired'}",
            subtract(
                smallest(map(instance_types.__getitem__, group.instance_types), group.disk_gib), of_addons.per_node
            ),
            group.max if grows else group.desired,
            "/".join(group.instance_types),
            group.disk_gib,
            grows,
        )
        for name, group in cluster.node_groups.items()
    }
    anywhere = {name: groups[name] for name, group in cluster.node_groups.items() if not _keeps_pods_away(group)}
    bound = {name: _bound_to(name, services) for name in groups}
    full = [name for name, there in bound.items() if not fits(_pods(there), groups[name].nodes)]
    for name in full:
        enough = nodes_needed(_pods(bound[name]), [], groups[name].room)
        yield groups[name].problem(enough, bound[name], Pods(per_node=of_addons.per_node))
    if not anywhere:
        yield Problem("openmarket:cluster.nodeGroups", "all tainted", "a group without a taint, for the shop's pods")
    elif not full:
        others = {name: service for name, service in services.items() if service.node_group not in groups}
        pods = [*of_addons.deployed, *_pods(others)]
        there = {name: _pods(bound[name]) for name in anywhere}
        nodes = {name: group.nodes for name, group in anywhere.items()}
        if not fits_in_groups(pods, there, nodes):
            # The last group is the one to grow: with a single one, which is the usual case, there is no other.
            last, group = list(anywhere.items())[-1]
            enough = least(lambda count: fits_in_groups(pods, there, {**nodes, last: [group.room] * count}))
            counted = {name: each for name, each in services.items() if name in others or each.node_group in anywhere}
            yield group.problem(enough, counted, of_addons)


@dataclass(frozen=True)
class _Group:
    key: str
    """The key of the number of its nodes."""
    room: Allocatable
    """What a node has for pods that are on no other."""
    largest: int
    types: str
    disk_gib: int
    grows: bool
    """True if an autoscaler adds nodes."""

    @property
    def nodes(self) -> list[Allocatable]:
        return [self.room] * self.largest

    def problem(self, enough: int | None, services: Mapping[str, ServiceConfig], of_addons: Pods) -> Problem:
        arithmetic = _arithmetic(of_addons, services, self.room, self.types)
        key = self.key.rpartition(".")[0]
        disk = Demand.largest([*map(service_pod, services.values()), *of_addons.deployed]).disk
        if not enough and disk > self.room.disk:
            expected = (
                f"{volume_for(disk)} or more, or a lower disk of the service whose pods request {_gib(disk)} of it:"
            )
            return Problem(f"{key}.diskGib", self.disk_gib, "\n".join([expected, *arithmetic]))
        if not enough:
            expected = "larger ones, as no number of these is enough, or services on another nodeGroup:"
            return Problem(f"{key}.instanceTypes", self.types, "\n".join([expected, *arithmetic]))
        alone = "" if self.grows else ", as no autoscaler is on to add nodes"
        expected = f"{enough} or more{alone}, or lower maxReplicas:"
        return Problem(self.key, self.largest, "\n".join([expected, *arithmetic]))


def _bound_to(group: str, services: Mapping[str, ServiceConfig]) -> Mapping[str, ServiceConfig]:
    return {name: service for name, service in services.items() if service.node_group == group}


def _pods(services: Mapping[str, ServiceConfig]) -> list[Demand]:
    return [pod for service in services.values() for pod in [service_pod(service)] * service.pods_at_most]


def service_pod(service: ServiceConfig) -> Demand:
    """The demand of one pod of the service, also while it waits for the database."""
    before: list[Requests] = [WAIT_FOR_DATABASE] if Use.DATABASE in service.all_uses else []
    return Demand.largest([demand(*service.containers), in_turn(*before, service.requests)])


def _arithmetic(of_addons: Pods, services: Mapping[str, ServiceConfig], node: Allocatable, types: str) -> Iterator[str]:
    for name, service in only(DeployedConfig, services).items():
        count, surge, pod = service.max_replicas, service.surge, service_pod(service)
        total = _amount(*Demand.sum([pod] * (count + surge)))
        yield f"      {name}: ({count} maxReplicas + {surge} in a rollout) x {_amount(*pod)} = {total}"
    for name, service in only(JobConfig, services).items():
        count, pod = service.pods_at_most, service_pod(service)
        runs = "1 run" if count == 1 else f"{count} runs at a time"
        yield f"      {name}: {runs} x {_amount(*pod)} = {_amount(*Demand.sum([pod] * count))}"
    deployed, per_node = of_addons.deployed, of_addons.per_node
    if deployed:
        yield f"      add-ons: {len(deployed)} pods, {_amount(*Demand.sum(deployed))}"
    yield f"      every node: {len(per_node)} pods, {_amount(*Demand.sum(per_node))}"
    yield f"      which leaves of {types}: {node.pods} pods, {_amount(node.cpu, node.memory, node.disk)}"


def _keeps_pods_away(group: NodeGroupConfig) -> bool:
    return any(taint.effect is not TaintEffect.PREFER_NO_SCHEDULE for taint in group.taints)


def smallest(types: Iterable[InstanceType], disk_gib: int) -> Allocatable:
    """What a node has at least, if it may be of any of these types and has a volume of this size in GiB."""
    sizes = [allocatable(each, disk_gib) for each in types]
    return Allocatable(*(min(getattr(each, field.name) for each in sizes) for field in fields(Allocatable)))


def subtract(node: Allocatable, pods: Sequence[Demand]) -> Allocatable:
    """What is left of a node beside these pods, such as those of DaemonSets."""
    taken = Demand.sum(pods)
    return Allocatable(node.cpu - taken.cpu, node.memory - taken.memory, node.pods - len(pods), node.disk - taken.disk)


def _amount(cpu: int, memory: int, disk: int) -> str:
    of_disk = f", {_gib(disk)} of disk" if disk else ""
    return f"{cpu / 1000:g} CPU, {_gib(memory)}{of_disk}"


def _gib(mebibytes: int) -> str:
    return f"{round(mebibytes / 1024, 2):g} GiB"
