"""The end of EC2 instances that a managed node group replaces by itself."""

from dataclasses import replace

from emulator.contract import NodeGroup
from emulator.kubernetes import control_plane, drain, nodes
from emulator.kubernetes.api import Object
from emulator.plugins.provider import Call


def fail(group: NodeGroup) -> str:
    """Let an instance of the group fail: its pods are gone without notice, and a new node takes its place.

    Returns:
        The name of the node that is gone.
    """
    api = control_plane.client(group.cluster)
    node = _oldest(group)
    name = str(node["metadata"]["name"])
    # It comes first, or it would get the name and address that have just become free.
    nodes.join(replace(group, desired=group.desired + 1), Call())
    api.delete(node, "Background")
    for pod in api.list("v1", "Pod", fieldSelector=f"spec.nodeName={name}"):
        api.delete(pod, "Background", at_once=True)
    return name


def interrupt(group: NodeGroup) -> str:
    """Let EC2 take a spot instance back: its node is drained within the notice, when another one has taken its place.

    Returns:
        The name of the node that is gone.

    Raises:
        ValueError: The group has no spot instances.
    """
    if group.capacity_type != "SPOT":
        raise ValueError(f"the node group {group.name!r} has no spot instances")
    node = _oldest(group)
    nodes.join(replace(group, desired=group.desired + 1), Call())
    drain.remove(control_plane.client(group.cluster), [node])
    return str(node["metadata"]["name"])


def _oldest(group: NodeGroup) -> Object:
    selector = f"{nodes.GROUP_LABEL}={group.name}"
    found = control_plane.client(group.cluster).list("v1", "Node", labelSelector=selector)
    if not found:
        raise ValueError(f"the node group {group.name!r} has no node")
    return min(found, key=lambda each: str(each["metadata"]["creationTimestamp"]))
