"""The nodes of EKS managed node groups: real Node objects whose kubelets kwok plays."""

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from emulator import clock
from emulator.kubernetes import capacity, control_plane, instance_types
from emulator.kubernetes.api import Api, ApiError, Object
from emulator.plugins.provider import ProviderError

GROUP_LABEL = "eks.amazonaws.com/nodegroup"
NETWORK_ANNOTATION = "emulator.openmarket/network"

_JOIN_SECONDS = 30 * 60
_DRAIN_SECONDS = 60
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


@dataclass(frozen=True)
class NodeGroupSpec:
    """What a node group asks for.

    Attributes:
        capacity_type: `ON_DEMAND` or `SPOT`.
        architecture: `amd64` or `arm64`.
        zones: Availability zones such as `ap-northeast-2a`; nodes take turns.
        taints: `key`, `value` and `effect` as EKS spells them (`NO_SCHEDULE`).
    """

    name: str
    instance_types: tuple[str, ...]
    capacity_type: str
    architecture: str
    zones: tuple[str, ...]
    desired: int
    labels: Mapping[str, str]
    taints: tuple[Mapping[str, str], ...]


class NodeCreationFailure(ProviderError):
    """The group's nodes did not become Ready."""


def join(cluster: str, group: NodeGroupSpec) -> None:
    """Give the group its desired nodes and wait until they are Ready.

    Raises:
        NodeCreationFailure: They did not become Ready within 30 (emulated) minutes; the message says why.
        UnknownInstanceType: An instance type is not in the table.
    """
    scale(cluster, group)
    api = control_plane.client(cluster)
    give_up = clock.deadline(_JOIN_SECONDS)
    while waiting := [node for node in _of_group(api, group.name) if _ready(node) is not None]:
        if clock.passed(give_up):
            reasons = "; ".join(f"{node['metadata']['name']}: {_ready(node)}" for node in waiting)
            raise NodeCreationFailure(
                f"NodeCreationFailure: Instances failed to join the kubernetes cluster. {reasons}"
            )
        time.sleep(0.2)


def scale(cluster: str, group: NodeGroupSpec) -> None:
    """Add or remove nodes until the group has its desired number. Removed nodes are drained."""
    api = control_plane.client(cluster)
    existing = {node["metadata"]["name"]: node for node in _of_group(api, group.name)}
    wanted = {name_of(cluster, group, index): index for index in range(group.desired)}
    _remove(api, [node for name, node in existing.items() if name not in wanted])
    prefixes = _prefix_delegation(api)
    for name, index in wanted.items():
        wanted_node = node(cluster, group, index, prefixes, control_plane.version(cluster))
        if name in existing:
            _relabel(api, existing[name], wanted_node)
        else:
            api.request("POST", "/api/v1/nodes", wanted_node)


def leave(cluster: str, group: str) -> None:
    """Drain and remove the nodes of the group with that name."""
    api = control_plane.client(cluster)
    _remove(api, _of_group(api, group))


def name_of(cluster: str, group: NodeGroupSpec, index: int) -> str:
    """The private DNS name of the group's node with that index."""
    digest = hashlib.sha256(f"{cluster}/{group.name}/{index}".encode()).digest()
    region = group.zones[0][:-1]
    return f"ip-10-{digest[0]}-{digest[1]}-{digest[2]}.{region}.compute.internal"


def node(cluster: str, group: NodeGroupSpec, index: int, prefix_delegation: bool, version: str) -> Object:
    """The Node object as its kubelet registers it."""
    instance = instance_types.lookup(group.instance_types[0])
    zone = group.zones[index % len(group.zones)]
    name = name_of(cluster, group, index)
    instance_id = f"i-0{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    labels = {
        "kubernetes.io/arch": instance.architecture,
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": name,
        "node.kubernetes.io/instance-type": instance.name,
        "topology.kubernetes.io/region": zone[:-1],
        "topology.kubernetes.io/zone": zone,
        "eks.amazonaws.com/capacityType": group.capacity_type,
        GROUP_LABEL: group.name,
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {**group.labels, **labels}},
        "spec": {
            "providerID": f"aws:///{zone}/{instance_id}",
            "taints": [{**taint, "effect": _EFFECTS.get(taint["effect"], taint["effect"])} for taint in group.taints],
        },
        "status": {
            **capacity.of(instance, prefix_delegation).as_status(),
            "addresses": [{"type": "Hostname", "address": name}, {"type": "InternalDNS", "address": name}],
            "nodeInfo": _node_info(instance.architecture, version),
        },
    }


def _relabel(api: Api, live: Object, wanted: Object) -> None:
    """EKS changes labels and taints on nodes that exist; the cluster's own taints (`node.kubernetes.io/...`) stay."""
    own = [taint for taint in live["spec"].get("taints", []) if taint["key"].startswith("node.kubernetes.io/")]
    gone = dict.fromkeys(live["metadata"]["labels"].keys() - wanted["metadata"]["labels"].keys())
    changes = {
        "metadata": {"labels": {**gone, **wanted["metadata"]["labels"]}},
        "spec": {"taints": [*own, *wanted["spec"]["taints"]]},
    }
    api.patch(live, changes)


def _node_info(architecture: str, version: str) -> dict[str, str]:
    return {
        "architecture": architecture, "operatingSystem": "linux", "kubeletVersion": f"v{version}.0-eks-emulated",
        "kubeProxyVersion": "", "osImage": "Amazon Linux 2023", "containerRuntimeVersion": "containerd://2.1.0",
        "kernelVersion": "", "machineID": "", "systemUUID": "", "bootID": "",
    }  # fmt: skip


def _of_group(api: Api, group: str) -> list[Object]:
    return api.list("v1", "Node", labelSelector=f"{GROUP_LABEL}={group}")


def _ready(node: Object) -> str | None:
    """None when the node is Ready, else why not."""
    for condition in node.get("status", {}).get("conditions", []):
        if condition["type"] == "Ready":
            return None if condition["status"] == "True" else str(condition.get("message", condition["status"]))
    return "its kubelet has not reported yet"


def _prefix_delegation(api: Api) -> bool:
    agent = api.get("apps/v1", "DaemonSet", "kube-system", "aws-node")
    containers = agent["spec"]["template"]["spec"]["containers"] if agent else []
    return any(
        variable.get("name") == "ENABLE_PREFIX_DELEGATION" and variable.get("value") == "true"
        for container in containers
        for variable in container.get("env", [])
    )


def _remove(api: Api, leaving: Iterable[Object]) -> None:
    leaving = list(leaving)
    for node in leaving:
        api.patch(node, {"spec": {"unschedulable": True}})
    names = {node["metadata"]["name"] for node in leaving}
    give_up = clock.deadline(_DRAIN_SECONDS)
    while pods := [pod for pod in api.list("v1", "Pod") if _must_go(pod, names)]:
        for pod in pods:
            _evict(api, pod, force=clock.passed(give_up))
        time.sleep(0.2)
    for node in leaving:
        api.delete(node, "Background")


def _must_go(pod: Object, nodes: set[str]) -> bool:
    owners = pod["metadata"].get("ownerReferences", [])
    return pod["spec"].get("nodeName") in nodes and not any(owner["kind"] == "DaemonSet" for owner in owners)


def _evict(api: Api, pod: Object, force: bool) -> None:
    """Evict, respecting disruption budgets; an EC2 instance that ends does not ask them for ever."""
    if force:
        api.delete(pod, "Background")
        return
    metadata = {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    try:
        api.request("POST", api.path_of(pod, "eviction"), eviction)
    except ApiError as error:
        # Gone already, or a disruption budget says "not yet".
        if error.status not in (404, 409, 429):
            raise
