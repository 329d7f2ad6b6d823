"""Nodes: those that are gone or not ready, node groups at their maximum or in trouble, and pods that find no room."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import ceil
from typing import Any

from ops.doctor.finding import Finding, Harm, Ref
from ops.doctor.node_causes import FullGroup, GroupTrouble, MissingNodes, NodeTrouble, NoRoom
from ops.doctor.objects import owner
from ops.doctor.quantities import Amount, allocatable, requested, total
from ops.doctor.services import harm_of
from ops.doctor.snapshot import Snapshot
from ops.objects import Object, condition, is_true, parts

_GROUP = "eks.amazonaws.com/nodegroup"
_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure")
_PATIENCE = 180.0
"""Seconds that a pod may wait for a node that the autoscaler adds, before that is worth a word."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield what is wrong with nodes and node groups, and which pods find no room."""
    if "Node" in snapshot.hidden:
        return
    pending = [pod for pod in snapshot.of_kind("Pod") if unschedulable(pod)]
    yield from _groups(snapshot, pending)
    yield from _nodes(snapshot)
    yield from _without_room(snapshot, pending)


def unschedulable(pod: Object) -> bool:
    """Return whether the scheduler finds no node for a pod."""
    scheduled = condition(pod, "PodScheduled")
    waits = scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"
    return waits and not pod["metadata"].get("deletionTimestamp")


def free(snapshot: Snapshot) -> dict[str, Amount]:
    """Return what each node has left beside the pods on it, by name."""
    taken: dict[str, list[Amount]] = {}
    for pod in snapshot.of_kind("Pod"):
        if pod["spec"].get("nodeName") and pod.get("status", {}).get("phase") not in ("Succeeded", "Failed"):
            taken.setdefault(str(pod["spec"]["nodeName"]), []).append(requested(pod))
    nodes = {str(each["metadata"]["name"]): allocatable(each) for each in snapshot.of_kind("Node")}
    return {name: amount.minus(total(taken.get(name, []))) for name, amount in nodes.items()}


def group_key(snapshot: Snapshot, group: str) -> str:
    """Return the name that a node group has in the stack's file; the group's own if the state does not have it."""
    for each in snapshot.of_type(_NODE_GROUP):
        if each.outputs.get("nodeGroupName") == group:
            return each.name.removeprefix("cluster-nodes-").removesuffix("-group")
    return group


def _members(snapshot: Snapshot, group: str) -> list[Object]:
    return [each for each in snapshot.of_kind("Node") if each["metadata"].get("labels", {}).get(_GROUP) == group]


def _groups(snapshot: Snapshot, pending: list[Object]) -> Iterator[Finding]:
    for name, group in snapshot.node_groups.items():
        ref, key, sizes = Ref("NodeGroup", "", name), group_key(snapshot, name), group["scalingConfig"]
        members = _members(snapshot, name)
        wanted, most = int(sizes["desiredSize"]), int(sizes["maxSize"])
        for issue in parts(group, "health", "issues"):
            said = str(issue.get("message", ""))
            yield Finding(Harm.DEGRADED, GroupTrouble(key, str(issue["code"]), said), ref)
        if len(members) < wanted:
            spot = group.get("capacityType") == "SPOT"
            harm = min((_harm(snapshot, pod) for pod in pending), default=Harm.DEGRADED)
            yield Finding(harm, MissingNodes(key, name, wanted, len(members), spot, len(pending)), ref)
        elif pending and wanted >= most and members:
            yield Finding(
                min(_harm(snapshot, pod) for pod in pending),
                FullGroup(key, most, len(pending), total(map(requested, pending)), needed(members, snapshot, pending)),
                ref,
            )


def _harm(snapshot: Snapshot, pod: Object) -> Harm:
    return harm_of(snapshot, owner(pod))


def needed(members: Iterable[Object], snapshot: Snapshot, pending: Iterable[Object]) -> int:
    """Return how many more nodes like a group's these pods need beside the pods of DaemonSets; 0 if none would do."""
    node = next(iter(members))
    name = node["metadata"]["name"]
    agents = [
        requested(pod)
        for pod in snapshot.of_kind("Pod")
        if pod["spec"].get("nodeName") == name and owner(pod).kind == "DaemonSet"
    ]
    room = allocatable(node).minus(total(agents))
    count = 0.0
    for shape, number in Counter(map(requested, pending)).items():
        if not room.holds(shape):
            return 0
        count += number / min(
            room.cpu // shape.cpu if shape.cpu else number,
            room.memory // shape.memory if shape.memory else number,
            room.disk // shape.disk if shape.disk else number,
            room.pods,
        )
    return ceil(count)


def _nodes(snapshot: Snapshot) -> Iterator[Finding]:
    for node in snapshot.of_kind("Node"):
        name = str(node["metadata"]["name"])
        ref = Ref("Node", "", name)
        ready = condition(node, "Ready")
        if ready and ready.get("status") != "True":
            pods = sum(pod["spec"].get("nodeName") == name for pod in snapshot.of_kind("Pod"))
            said = str(ready.get("message") or ready.get("reason") or "")
            yield Finding(Harm.DEGRADED, NodeTrouble(name, "is not ready", said, pods), ref)
        for pressure in _PRESSURES:
            if is_true(node, pressure):
                said = str(condition(node, pressure).get("message", ""))
                what = f"is short of {pressure.removesuffix('Pressure').lower().replace('pid', 'process ids')}"
                yield Finding(Harm.DEGRADED, NodeTrouble(name, what, said, 0), ref)


def _without_room(snapshot: Snapshot, pending: list[Object]) -> Iterator[Finding]:
    groups: dict[tuple[Ref, Amount], list[Object]] = {}
    for pod in pending:
        groups.setdefault((owner(pod), requested(pod)), []).append(pod)
    at_most = [
        Ref("NodeGroup", "", name) for name, group in snapshot.node_groups.items() if _exhausted(snapshot, group)
    ]
    left: Mapping[str, Amount] = free(snapshot) if groups else {}
    for (workload, shape), pods in groups.items():
        waited = max(snapshot.since(condition(pod, "PodScheduled").get("lastTransitionTime")) for pod in pods)
        if not at_most and waited < _PATIENCE:
            continue
        said = str(condition(pods[0], "PodScheduled").get("message", "")).partition(" preemption:")[0]
        rooms = tuple(sorted((name.partition(".")[0], amount.cpu, amount.memory) for name, amount in left.items()))
        cause = NoRoom(workload, len(pods), shape, rooms, said.removesuffix("no new claims to deallocate,").strip())
        yield Finding(harm_of(snapshot, workload), cause, workload, tuple(at_most))


def _exhausted(snapshot: Snapshot, group: Mapping[str, Any]) -> bool:
    """Return whether a group is at its maximum, or lacks nodes."""
    sizes, members = group["scalingConfig"], _members(snapshot, str(group["nodegroupName"]))
    return sizes["desiredSize"] >= sizes["maxSize"] or len(members) < sizes["desiredSize"]
