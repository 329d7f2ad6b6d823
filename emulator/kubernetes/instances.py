"""The end of EC2 instances that a managed node group replaces by itself."""

from dataclasses import replace

from emulator.contract import NodeGroup
from emulator.kubernetes import control_plane, drain, nodes
from emulator.kubernetes.api import Api, Object
from emulator.plugins.provider import Call


def fail(group: NodeGroup) -> str:
    """Let an instance of the group fail: its pods are gone without notice, and a new node takes its place.

    Returns:
        The name of the node that is gone.
    """
    api = control_plane.client(group.cluster)
    node = _oldest(group)
    # It comes first, or it would get the name and address that have just become free.
    nodes.join(replace(group, desired=group.desired + 1), Call())
    _vanish(api, node)
    return str(node["metadata"]["name"])


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


def lose_zone(group: NodeGroup, zone: str) -> list[str]:
    """Let all instances of the group in a zone fail at once. Their Auto Scaling group makes others in its other zones.

    Nodes that come later may be in the zone again: it is lost at one moment, and not for ever.

    Returns:
        The names of the nodes that are gone.
    """
    api = control_plane.client(group.cluster)
    selector = f"{nodes.GROUP_LABEL}={group.name},{nodes.ZONE_LABEL}={zone}"
    lost = api.list("v1", "Node", labelSelector=selector)
    for node in lost:
        _vanish(api, node)
    left = [index for index, each in enumerate(group.zones) if each != zone]
    if left:
        elsewhere = {
            "zones": tuple(group.zones[index] for index in left),
            "networks": tuple(group.networks[index] for index in left),
        }
        nodes.join(replace(group, **elsewhere), Call())
    return [str(each["metadata"]["name"]) for each in lost]


def _vanish(api: Api, node: Object) -> None:
    """Take a node and its pods away without notice."""
    api.delete(node, "Background")
    for pod in api.list("v1", "Pod", fieldSelector=f"spec.nodeName={node['metadata']['name']}"):
        api.delete(pod, "Background", at_once=True)


def _oldest(group: NodeGroup) -> Object:
    selector = f"{nodes.GROUP_LABEL}={group.name}"
    found = control_plane.client(group.cluster).list("v1", "Node", labelSelector=selector)
    if not found:
        raise ValueError(f"the node group {group.name!r} has no node")
    return min(found, key=lambda each: str(each["metadata"]["creationTimestamp"]))
