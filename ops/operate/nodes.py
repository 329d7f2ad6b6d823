"""Counts a cluster's nodes by node group and zone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.objects import Object, is_true, label, part, value

_GROUP = "eks.amazonaws.com/nodegroup"
_CAPACITY = "eks.amazonaws.com/capacityType"
_TYPE = "node.kubernetes.io/instance-type"
_ZONE = "topology.kubernetes.io/zone"


@dataclass(frozen=True)
class NodeGroup:
    """The nodes of a group in a zone.

    Attributes:
        group: The group's name in the stack file, or in AWS if the file does not have it.
        zone: Name of the availability zone.
        ready: Nodes that take pods.
        total: All nodes.
        types: Their instance types.
        capacity: `spot` or `on demand`.
        version: The versions of their kubelets.
    """

    group: str
    zone: str
    ready: int
    total: int
    types: Sequence[str]
    capacity: str
    version: Sequence[str]


def node_groups(nodes: Iterable[Object], config: Mapping[str, Any]) -> list[NodeGroup]:
    """Return the nodes by group and zone; `config` is the stack file's, whose groups give the names."""
    names = part(dict(config), "openmarket:cluster", "nodeGroups")
    groups: dict[tuple[str, str], list[Object]] = defaultdict(list)
    for node in nodes:
        groups[_name(label(node, _GROUP), names), label(node, _ZONE)].append(node)
    return [_group(group, zone, found) for (group, zone), found in sorted(groups.items())]


def _group(name: str, zone: str, nodes: Sequence[Object]) -> NodeGroup:
    kinds = sorted({label(each, _CAPACITY).lower().replace("_", " ") for each in nodes})
    return NodeGroup(
        group=name,
        zone=zone,
        ready=sum(_is_ready(each) for each in nodes),
        total=len(nodes),
        types=sorted({label(each, _TYPE) for each in nodes}),
        capacity=" and ".join(kinds),
        version=sorted({str(value(each, "status", "nodeInfo", "kubeletVersion") or "") for each in nodes}),
    )


def _is_ready(node: Object) -> bool:
    return not value(node, "spec", "unschedulable") and is_true(node, "Ready")


def _name(group: str, names: Iterable[str]) -> str:
    """Return the name in the stack file of a group that AWS knows as `cluster-nodes-<name>-...`."""
    fitting = [name for name in names if group.startswith(f"cluster-nodes-{name}-")]
    return max(fitting, key=len, default=group)
