"""cluster-autoscaler's contract: a node more for pods that fit nowhere, a node less where one stays empty."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator import clock
from emulator.contract import NodeGroup
from emulator.kubernetes import drain, nodes
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.external_secrets import refresh_interval as duration
from emulator.kubernetes.controllers.placement import fits
from emulator.kubernetes.quantities import requests, total
from emulator.kubernetes.readiness import condition

LABELS = "app.kubernetes.io/name=aws-cluster-autoscaler"

_DISCOVER = ("autoscaling:DescribeAutoScalingGroups", "ec2:DescribeInstanceTypes")
_GROW = (*_DISCOVER, "autoscaling:SetDesiredCapacity")
_SHRINK = (*_DISCOVER, "autoscaling:TerminateInstanceInAutoScalingGroup")
_DISCOVERY = "--node-group-auto-discovery=asg:tag="
_UNNEEDED, _UNNEEDED_SECONDS = "--scale-down-unneeded-time=", 600.0


@dataclass(frozen=True)
class Cluster:
    """What there is to decide on. `nodes` and `pods` are all of the cluster's."""

    nodes: list[Object]
    pods: list[Object]

    def members(self, group: NodeGroup) -> list[Object]:
        """The group's nodes."""
        return [each for each in self.nodes if each["metadata"]["labels"].get(nodes.GROUP_LABEL) == group.name]

    def node(self, name: str) -> Object:
        """The node with that name."""
        return next(each for each in self.nodes if each["metadata"]["name"] == name)

    def on(self, node: Object) -> list[Object]:
        """The pods on a node that reserve something of it."""
        name = node["metadata"]["name"]
        return [each for each in self.pods if each["spec"].get("nodeName") == name and not _ended(each)]

    def empty(self, node: Object) -> bool:
        """Whether nothing but agents runs on the node."""
        return all(drain.of_daemon_set(each) for each in self.on(node))


class ClusterAutoscaler:
    """Scales the groups of one cluster that carry the tags which the Deployment looks for."""

    def __init__(self) -> None:
        # Node -> when it has been empty for long enough. Lost with the process, as the real one's memory is.
        self._unneeded: dict[str, float] = {}
        self._told: dict[str, str] = {}

    def reconcile(self, context: Context) -> None:
        """One look at the cluster, as the real autoscaler takes every ten seconds."""
        identity = context.running(LABELS)
        if identity is None:
            self._unneeded.clear()
            return
        arguments = _arguments(context, identity.namespace)
        groups = [each for each in context.aws.node_groups(context.cluster) if discovered(arguments, each)]
        cluster = Cluster(context.api.list("v1", "Node"), context.api.list("v1", "Pod"))
        pending = [each for each in cluster.pods if _unschedulable(each)]
        if pending:
            denied = context.denied(identity, _GROW)
            for pod in pending:
                self._grow(context, groups, cluster, pod, denied)
            return
        if not context.denied(identity, _SHRINK):
            self._shrink(context, groups, cluster, _option(arguments))

    def _grow(self, context: Context, groups: list[NodeGroup], cluster: Cluster, pod: Object, denied: str) -> None:
        if denied:
            self._refuse(context, pod, denied)
            return
        candidates = [group for group in groups if suits(cluster, group, pod)]
        if any(_has_new_node(cluster, group) for group in candidates):
            return
        for group in candidates:
            before = group.desired
            resized = context.aws.resize(group.id, before + 1)
            if resized is None:
                continue
            nodes.scale(resized)
            change = f"{group.auto_scaling_group} {before}->{before + 1} (max: {group.largest})"
            message = f"pod triggered scale-up: [{{{change}}}]"
            _event(context, pod, "TriggeredScaleUp", message)
            groups.clear()  # One node at a time: the next look tells whether it was enough.
            return
        if groups:
            reason = f"{len(candidates)} max node group size reached, {len(groups) - len(candidates)} do not suit"
            self._refuse(context, pod, reason)

    def _refuse(self, context: Context, pod: Object, reason: str) -> None:
        """Say why a pod gets no node, once: it is looked at twice a second."""
        if self._told.get(pod["metadata"]["uid"]) != reason:
            self._told[pod["metadata"]["uid"]] = reason
            _event(context, pod, "NotTriggerScaleUp", f"pod didn't trigger scale-up: {reason}")

    def _shrink(self, context: Context, groups: Iterable[NodeGroup], cluster: Cluster, delay: float) -> None:
        empty = {
            node["metadata"]["name"]: group
            for group in groups
            for node in cluster.members(group)
            if cluster.empty(node)
        }
        self._unneeded = {name: self._unneeded.get(name) or clock.deadline(delay) for name in empty}
        for name, group in empty.items():
            # resize() refuses what is below the smallest size.
            if clock.passed(self._unneeded[name]) and context.aws.resize(group.id, group.desired - 1):
                context.log(LABELS, cluster.node(name), f"removing the node, empty for {delay:.0f} s")
                nodes.remove(context.cluster, name)
                return


def discovered(arguments: Iterable[str], group: NodeGroup) -> bool:
    """Whether the group has all tags that the autoscaler looks for.

    EKS itself tags the Auto Scaling groups of managed node groups, with the cluster that they belong to.
    """
    tags = {"k8s.io/cluster-autoscaler/enabled", f"k8s.io/cluster-autoscaler/{group.cluster}"}
    wanted = [each.removeprefix(_DISCOVERY).split(",") for each in arguments if each.startswith(_DISCOVERY)]
    return any({tag.partition("=")[0] for tag in each} <= tags for each in wanted)


def suits(cluster: Cluster, group: NodeGroup, pod: Object) -> bool:
    """Whether a new node like the group's first would take the pod, beside the agents that run on every node.

    A group without a node says nothing about what a node of it would be.
    """
    for node in cluster.members(group)[:1]:
        agents = [each for each in cluster.on(node) if drain.of_daemon_set(each)]
        return fits(pod, node, total(requests(each) for each in agents))
    return False


def _event(context: Context, pod: Object, reason: str, message: str) -> None:
    context.event(pod, "Normal", reason, message, controller=LABELS, component="cluster-autoscaler")


def _has_new_node(cluster: Cluster, group: NodeGroup) -> bool:
    """Whether a node of the group is still coming, or came and stayed empty: then it is not room that is missing."""
    members = cluster.members(group)
    return any(cluster.empty(node) and not node["spec"].get("unschedulable") for node in members)


def _unschedulable(pod: Object) -> bool:
    scheduled = condition(pod, "PodScheduled")
    waits = scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"
    return waits and not pod["metadata"].get("deletionTimestamp") and not drain.of_daemon_set(pod)


def _ended(pod: Object) -> bool:
    return pod.get("status", {}).get("phase") in ("Succeeded", "Failed")


def _arguments(context: Context, namespace: str) -> list[str]:
    deployments = context.api.list("apps/v1", "Deployment", namespace, labelSelector=LABELS)
    containers: list[Mapping[str, Any]] = [
        each for deployment in deployments for each in deployment["spec"]["template"]["spec"]["containers"]
    ]
    return [argument for each in containers for argument in each.get("command", [])]


def _option(arguments: Iterable[str]) -> float:
    """Seconds for which a node must be empty before it goes; ten minutes unless the Deployment says otherwise."""
    given = [each.removeprefix(_UNNEEDED) for each in arguments if each.startswith(_UNNEEDED)]
    return duration(given[-1]).total_seconds() if given else _UNNEEDED_SECONDS
