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
    nodes_needed,
    smallest,
    subtract,
)

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
_RELEASE = "kubernetes:helm.sh/v3:Release"
_ADDON = "aws:eks/addon:Addon"
_AUTOSCALING_CHART = "cluster-autoscaler"
_REPLICATED_CHART = "external-secrets"
"""The chart whose replicas are those of every indispensable add-on (`openmarket:addons.replicas`)."""


@dataclass(frozen=True)
class Service:
    """A Deployment: how many pods it has at least and at most, outside of rollouts, and what each of them requests."""

    name: str
    least: int
    most: int
    pod: Demand


@dataclass(frozen=True)
class Group:
    """A node group for ordinary pods.

    Attributes:
        name: The resource's name in the program.
        types: Its instance types.
        least: Its minimum number of nodes.
        desired: The number of nodes that it starts with.
        most: Its maximum number of nodes.
        room: What its smallest instance type offers to pods; None if one of the types is not known.
    """

    name: str
    types: tuple[str, ...]
    least: int
    desired: int
    most: int
    room: Allocatable | None


@dataclass(frozen=True)
class Capacity:
    """The pods of a stack, and the nodes that they go to.

    Attributes:
        services: The Deployments, by name.
        groups: The node groups, sorted by name; those that keep pods away with a taint are left out.
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
        return self._nodes([pod for each in self.services.values() for pod in [each.pod] * each.least])

    @cached_property
    def at_most(self) -> Mapping[str, int]:
        """Nodes by group with every service at its maximum, outside of rollouts; empty if that cannot be known."""
        return self._nodes([pod for each in self.services.values() for pod in [each.pod] * each.most])

    def _nodes(self, shop: list[Demand]) -> Mapping[str, int]:
        """Return the nodes by group: the last one grows, the others have their minimum."""
        rooms = {group.name: subtract(group.room, self.addons.per_node) for group in self.groups if group.room}
        if not shop or not self.groups or len(rooms) < len(self.groups):
            return {}
        if not self.autoscaled:
            return {group.name: group.desired for group in self.groups}
        *others, last = self.groups
        there = [rooms[group.name] for group in others for _ in range(group.least)]
        needed = nodes_needed([*self.addons.deployed, *shop], there, rooms[last.name])
        if needed is None:
            return {}
        return {**{group.name: group.least for group in others}, last.name: min(max(needed, last.least), last.most)}


def capacity(resources: Iterable[State]) -> Capacity:
    """Return the capacity of a stack with these resources. Objects that are not known yet are left out."""
    states = sorted(resources, key=lambda state: state.name)
    scaled = {_target(state): state for state in states if state.type == AUTOSCALER}
    services = [_service(state, scaled) for state in states if state.type == DEPLOYMENT]
    return Capacity(
        services={each.name: each for each in services if each},
        groups=tuple(group for state in states if state.type == NODE_GROUP and (group := _group(state))),
        addons=catalogue.pods(_addons(states)),
        autoscaled=_AUTOSCALING_CHART in _charts(states),
    )


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
    together = Demand(sum(each.cpu for each in containers if each), sum(each.memory for each in containers if each))
    before = [found for each in first if each not in sidecars and (found := _requests(each))]
    demand = Demand(*(max(of) for of in zip(together, *before, strict=True)))
    scaler = scaled.get((str(metadata.get("namespace")), name))
    least = most = _count(spec.get("replicas"))
    if scaler is not None:
        limits = _at(scaler.inputs, "spec")
        least, most = _count(limits.get("minReplicas")), _count(limits.get("maxReplicas"))
    return Service(name, least, most, demand) if least and most else None


def _group(state: State) -> Group | None:
    if any(_at(taint).get("effect") != "PREFER_NO_SCHEDULE" for taint in state.inputs.get("taints") or ()):
        return None
    listed: Any = state.inputs.get("instanceTypes")
    names = [str(each) for each in cast(list[Any], listed)] if isinstance(listed, list) else []
    known = [found for name in names if (found := instance_type(name))]
    room = smallest(known) if known and len(known) == len(names) else None
    sizes = _at(state.inputs, "scalingConfig")
    least, desired, most = (_count(sizes.get(key)) for key in ("minSize", "desiredSize", "maxSize"))
    return Group(state.name, tuple(names), least, desired, most, room)


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
        return in_turn(Requests(str(found["cpu"]), str(found["memory"])))
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
