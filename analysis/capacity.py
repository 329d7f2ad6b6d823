"""Works out the pods and nodes of a stack from its resources, with the arithmetic of the configuration."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from analysis.instance_sizes import instance_type
from analysis.preview import State
from components.config.capacity import (
    AddonsConfig,
    Allocatable,
    Demand,
    Pods,
    Requests,
    catalogue,
    in_turn,
    smallest,
    subtract,
)
from components.config.placement import ANNOTATION, fits_in_groups, least, nodes_needed

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
AUTOSCALERS = ("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:keda.sh/v1alpha1:ScaledObject")
_RELEASE = "kubernetes:helm.sh/v3:Release"
_ADDON = "aws:eks/addon:Addon"
_AUTOSCALING_CHART = "cluster-autoscaler"
_DISK_GIB = 20
"""The size of a node's volume that EKS chooses itself."""
_REPLICATED_CHART = "external-secrets"
"""The chart whose replicas are those of every indispensable add-on (`openmarket:addons.replicas`)."""


@dataclass(frozen=True)
class Service:
    """A Deployment: how many pods it has at least and at most, outside of rollouts, and what each of them requests.

    `group` is the node group that they are bound to, by its name in the stack file; empty for none.
    """

    name: str
    least: int
    most: int
    pod: Demand
    group: str = ""


@dataclass(frozen=True)
class Group:
    """A node group for the shop's pods.

    Attributes:
        name: The resource's name in the program.
        types: Its instance types.
        least: Its minimum number of nodes.
        desired: The number of nodes that it starts with.
        most: Its maximum number of nodes.
        room: What its smallest instance type offers to pods; None if one of the types is not known.
        open: False if a taint keeps those pods away that are not bound to it.
    """

    name: str
    types: tuple[str, ...]
    least: int
    desired: int
    most: int
    room: Allocatable | None
    open: bool = True

    def of(self, services: Iterable[Service]) -> list[Service]:
        """Return those of the services whose pods are bound to it."""
        return [each for each in services if each.group and self.name.endswith(f"nodes-{each.group}-group")]


@dataclass(frozen=True)
class Capacity:
    """The pods of a stack, and the nodes that they go to.

    Attributes:
        services: The Deployments, by name.
        groups: The node groups, sorted by name; those with a taint are left out unless services are bound to them.
        addons: The pods of the add-ons.
        autoscaled: True if an autoscaler decides on the number of nodes.
    """

    services: Mapping[str, Service]
    groups: tuple[Group, ...]
    addons: Pods
    autoscaled: bool

    @cached_property
    def at_least(self) -> Mapping[str, int]:
        """Nodes by group with every service at its minimum; empty if that cannot be known."""
        return self._nodes({name: each.least for name, each in self.services.items()})

    @cached_property
    def at_most(self) -> Mapping[str, int]:
        """Nodes by group with every service at its maximum, outside of rollouts; empty if that cannot be known."""
        return self._nodes({name: each.most for name, each in self.services.items()})

    def _nodes(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        """Return the nodes by group with so many pods of each service.

        Of the groups for ordinary pods the last one grows, and the others have what those bound to them need.
        """
        rooms = {group.name: subtract(group.room, self.addons.per_node) for group in self.groups if group.room}
        ordinary = [group.name for group in self.groups if group.open]
        if not counts or not ordinary or len(rooms) < len(self.groups):
            return {}
        if not self.autoscaled:
            return {group.name: group.desired for group in self.groups}
        there = {group.name: group.of(self.services.values()) for group in self.groups}
        bound = {name: _pods(services, counts) for name, services in there.items()}
        alone = {name: nodes_needed(pods, [], rooms[name]) if pods else 0 for name, pods in bound.items()}
        free = [each for each in self.services.values() if not any(each in services for services in there.values())]
        last = ordinary[-1]
        nodes = {group.name: max(alone[group.name] or 0, group.least) for group in self.groups}
        needed = least(
            lambda count: fits_in_groups(
                [*self.addons.deployed, *_pods(free, counts)],
                {name: bound[name] for name in ordinary},
                {name: [rooms[name]] * (count if name == last else nodes[name]) for name in ordinary},
            )
        )
        if needed is None or None in alone.values():
            return {}
        nodes[last] = max(needed, nodes[last])
        return {group.name: min(nodes[group.name], group.most) for group in self.groups}


def _pods(services: Iterable[Service], counts: Mapping[str, int]) -> list[Demand]:
    return [pod for each in services for pod in [each.pod] * counts[each.name]]


def capacity(resources: Iterable[State]) -> Capacity:
    """Return the capacity of a stack with these resources. Objects that are not known yet are left out."""
    states = sorted(resources, key=lambda state: state.name)
    scaled = {_target(state): state for state in states if state.type in AUTOSCALERS}
    services = [_service(state, scaled) for state in states if state.type == DEPLOYMENT]
    disks = {state.owner: _disk_gib(state) for state in states if state.type == LAUNCH_TEMPLATE}
    groups = [_group(state, disks.get(state.owner, _DISK_GIB)) for state in states if state.type == NODE_GROUP]
    settings = _addons(states)
    for_services = [catalogue.Keda(settings.replicas)] if "keda" in _charts(states) else []
    return Capacity(
        services={each.name: each for each in services if each},
        groups=tuple(group for group in groups if group.open or group.of(each for each in services if each)),
        addons=catalogue.pods(settings, for_services),
        autoscaled=_AUTOSCALING_CHART in _charts(states),
    )


def limits(autoscaler: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the fewest and the most pods, by the spec of one of the `AUTOSCALERS`."""
    names = ("minReplicas", "maxReplicas") if "maxReplicas" in autoscaler else ("minReplicaCount", "maxReplicaCount")
    return autoscaler.get(names[0]), autoscaler.get(names[1])


def _service(state: State, scaled: Mapping[tuple[str, str], State]) -> Service | None:
    spec = _at(state.inputs, "spec")
    metadata = _at(state.inputs, "metadata")
    name = str(metadata.get("name") or state.name)
    pod = _at(spec, "template", "spec")
    first = list(pod.get("initContainers") or ())
    sidecars = [each for each in first if _at(each).get("restartPolicy") == "Always"]
    containers = [_requests(each) for each in [*(pod.get("containers") or ()), *sidecars]]
    if not containers or None in containers:
        return None
    together = Demand.sum(each for each in containers if each)
    before = [found for each in first if each not in sidecars and (found := _requests(each))]
    demand = Demand.largest([together, *before])
    scaler = scaled.get((str(metadata.get("namespace")), name))
    least = most = _count(spec.get("replicas"))
    if scaler is not None:
        least, most = map(_count, limits(_at(scaler.inputs, "spec")))
    bound = str(_at(spec, "template", "metadata", "annotations").get(ANNOTATION) or "")
    return Service(name, least, most, demand, bound) if least and most else None


def _group(state: State, disk_gib: int) -> Group:
    open_ = all(_at(taint).get("effect") == "PREFER_NO_SCHEDULE" for taint in state.inputs.get("taints") or ())
    listed: Any = state.inputs.get("instanceTypes")
    names = [str(each) for each in cast(list[Any], listed)] if isinstance(listed, list) else []
    known = [found for name in names if (found := instance_type(name))]
    room = smallest(known, disk_gib) if known and len(known) == len(names) else None
    sizes = _at(state.inputs, "scalingConfig")
    least, desired, most = (_count(sizes.get(key)) for key in ("minSize", "desiredSize", "maxSize"))
    return Group(state.name, tuple(names), least, desired, most, room, open_)


def _disk_gib(template: State) -> int:
    """Return the size of the volume that a launch template gives a node."""
    listed: Any = template.inputs.get("blockDeviceMappings")
    sizes = [_count(_at(each, "ebs").get("volumeSize")) for each in cast(list[Any], listed or [])]
    return next(filter(None, sizes), _DISK_GIB)


def _addons(states: Iterable[State]) -> AddonsConfig:
    """Return the settings of the add-ons as far as they say how many pods there are."""
    listed = list(states)
    charts, managed = _charts(listed), {str(each.inputs.get("addonName")) for each in listed if each.type == _ADDON}
    replicas = _count(_at(charts.get(_REPLICATED_CHART, {})).get("replicaCount")) or 2
    return AddonsConfig.model_validate(
        {
            "replicas": min(max(replicas, 2), 5),
            "clusterAutoscaler": {"enabled": _AUTOSCALING_CHART in charts},
            "containerInsights": {
                "enabled": "amazon-cloudwatch-observability" in managed,
                "applicationSignals": False,
            },
            # How much Prometheus stores changes none of its requests.
            "prometheus": {"enabled": "kube-prometheus-stack" in charts, "retentionDays": 1, "storageGib": 10},
            "verticalPodAutoscaler": {"enabled": "vertical-pod-autoscaler" in charts},
        }
    )


def _charts(states: Iterable[State]) -> dict[str, Any]:
    """Return the values of the Helm charts, by chart."""
    found = ((state.inputs.get("chart"), state.inputs.get("values")) for state in states if state.type == _RELEASE)
    return {str(chart).rpartition("/")[2]: values for chart, values in found if chart}


def _target(state: State) -> tuple[str, str]:
    """Return namespace and name of what an autoscaler scales."""
    namespace = _at(state.inputs, "metadata").get("namespace")
    return str(namespace), str(_at(state.inputs, "spec", "scaleTargetRef").get("name"))


def _requests(container: Any) -> Demand | None:
    """Return what a container requests; None if it is not known."""
    found = _at(container, "resources", "requests")
    try:
        return in_turn(Requests(str(found["cpu"]), str(found["memory"]), str(found.get("ephemeral-storage", "0Mi"))))
    except (KeyError, ValueError):
        return None


def _at(content: Any, *path: str) -> Mapping[str, Any]:
    """Return the mapping at the path; an empty one if there is none."""
    for key in path:
        content = cast(Mapping[str, Any], content).get(key) if isinstance(content, Mapping) else None
    return cast(Mapping[str, Any], content) if isinstance(content, Mapping) else {}


def _count(value: Any) -> int:
    """Return a number of pods or nodes; 0 if it is not known."""
    return int(value) if isinstance(value, (int, float)) else 0


def services_that_differ(before: Capacity, after: Capacity) -> Iterator[tuple[Service, Service]]:
    """Yield each service that is in both, and differs."""
    for name, service in after.services.items():
        old = before.services.get(name)
        if old is not None and old != service:
            yield old, service
