"""Stands in for cluster-autoscaler: adds a node for pods that fit nowhere, and removes nodes that stay empty."""

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
    """All nodes and pods of the cluster."""

    nodes: list[Object]
    pods: list[Object]

    def members(self, group: NodeGroup) -> list[Object]:
        """Return the group's nodes."""
        return [each for each in self.nodes if each["metadata"]["labels"].get(nodes.GROUP_LABEL) == group.name]

    def node(self, name: str) -> Object:
        """Return the node with the name."""
        return next(each for each in self.nodes if each["metadata"]["name"] == name)

    def on(self, node: Object) -> list[Object]:
        """Return the pods on a node that have not ended, and so reserve resources."""
        name = node["metadata"]["name"]
        return [each for each in self.pods if each["spec"].get("nodeName") == name and not _ended(each)]

    def empty(self, node: Object) -> bool:
        """Return whether only DaemonSet pods run on the node."""
        return all(drain.of_daemon_set(each) for each in self.on(node))


class ClusterAutoscaler:
    """Scales the node groups of one cluster that the Deployment's auto-discovery finds."""

    def __init__(self) -> None:
        # By node, the time from which on it may be removed. A restart loses it, as with the real autoscaler.
        self._unneeded: dict[str, float] = {}
        self._reported: dict[str, str] = {}

    def reconcile(self, context: Context) -> float | None:
        """Scale up or down by at most one node, as the real autoscaler does every ten seconds.

        Return the seconds until the next empty node may be removed; None if none is empty.
        """
        identity = context.running(LABELS)
        if identity is None:
            self._unneeded.clear()
            return None
        arguments = _arguments(context, identity.namespace)
        groups = [each for each in context.aws.node_groups(context.cluster) if discovered(arguments, each)]
        cluster = Cluster(context.api.list("v1", "Node"), context.api.list("v1", "Pod"))
        pending = [each for each in cluster.pods if _unschedulable(each)]
        if pending:
            denied = context.denied(identity, _GROW)
            for pod in pending:
                self._grow(context, groups, cluster, pod, denied)
            return None
        if not context.denied(identity, _SHRINK):
            self._shrink(context, groups, cluster, _option(arguments))
        return min((wait for each in self._unneeded.values() if (wait := clock.remaining(each)) > 0), default=None)

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
            groups.clear()  # One node at a time: the next round decides whether it was enough.
            return
        if groups:
            reason = f"{len(candidates)} max node group size reached, {len(groups) - len(candidates)} do not suit"
            self._refuse(context, pod, reason)

    def _refuse(self, context: Context, pod: Object, reason: str) -> None:
        """Record why no node is added for a pod, once per reason, as rounds come twice a second."""
        if self._reported.get(pod["metadata"]["uid"]) != reason:
            self._reported[pod["metadata"]["uid"]] = reason
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
            # `resize` refuses sizes below the minimum.
            if clock.passed(self._unneeded[name]) and context.aws.resize(group.id, group.desired - 1):
                context.log(LABELS, cluster.node(name), f"removing the node, empty for {delay:.0f} s")
                nodes.remove(context.cluster, name)
                return


def discovered(arguments: Iterable[str], group: NodeGroup) -> bool:
    """Return whether the group has all tags of the autoscaler's auto-discovery.

    EKS itself tags the Auto Scaling groups of managed node groups with their cluster.
    """
    tags = {"k8s.io/cluster-autoscaler/enabled", f"k8s.io/cluster-autoscaler/{group.cluster}"}
    wanted = [each.removeprefix(_DISCOVERY).split(",") for each in arguments if each.startswith(_DISCOVERY)]
    return any({tag.partition("=")[0] for tag in each} <= tags for each in wanted)


def suits(cluster: Cluster, group: NodeGroup, pod: Object) -> bool:
    """Return whether the pod would fit on a new node like the group's first, next to the DaemonSet pods.

    Of a group without nodes, EKS tells instance type, labels and taints; the DaemonSet pods are those of another node.
    """
    own = cluster.members(group)
    agents = [each for node in (own or cluster.nodes)[:1] for each in cluster.on(node) if drain.of_daemon_set(each)]
    new = own[0] if own else nodes.node(group, "new", group.zones[0], prefix_delegation=False, version="")
    return fits(pod, new, total(requests(each) for each in agents))


def _event(context: Context, pod: Object, reason: str, message: str) -> None:
    context.event(pod, "Normal", reason, message, controller=LABELS, component="cluster-autoscaler")


def _has_new_node(cluster: Cluster, group: NodeGroup) -> bool:
    """Return whether a node of the group is new or empty, so that another one would not help."""
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
    """Return the seconds after which an empty node is removed; ten minutes unless the Deployment sets them."""
    given = [each.removeprefix(_UNNEEDED) for each in arguments if each.startswith(_UNNEEDED)]
    return duration(given[-1]).total_seconds() if given else _UNNEEDED_SECONDS
