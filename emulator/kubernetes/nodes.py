"""Creates and removes the nodes of EKS managed node groups: real Node objects whose kubelets kwok simulates."""

import hashlib
import ipaddress
import time
from collections import Counter
from collections.abc import Collection, Iterable

from emulator import clock
from emulator.contract import NodeCreationFailure, NodeGroup
from emulator.kubernetes import capacity, control_plane, drain
from emulator.kubernetes.api import Api, Object
from emulator.plugins.provider import Call

GROUP_LABEL = "eks.amazonaws.com/nodegroup"
ZONE_LABEL = "topology.kubernetes.io/zone"
KUBELET_PORT = 10250
NETWORK_ANNOTATION = "emulator.openmarket/network"

_JOIN_SECONDS = 30 * 60
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


def join(group: NodeGroup, call: Call | None = None) -> None:
    """Create the group's desired nodes and wait until they are Ready.

    EKS waits for 30 (emulated) minutes. The timeout of `call` replaces them, and its cancellation ends the wait.

    Raises:
        NodeCreationFailure: The nodes did not become Ready in time; the message says why.
    """
    scale(group)
    api = control_plane.client(group.cluster)
    call = call or Call()
    give_up = clock.deadline(call.timeout or _JOIN_SECONDS)
    while waiting := [node for node in _of_group(api, group.name) if _ready(node) is not None]:
        if clock.passed(give_up) or call.cancelled():
            reasons = "; ".join(f"{node['metadata']['name']}: {_ready(node)}" for node in waiting)
            raise NodeCreationFailure(
                f"NodeCreationFailure: Instances failed to join the kubernetes cluster. {reasons}"
            )
        time.sleep(0.2)


def scale(group: NodeGroup) -> None:
    """Add or remove nodes until the group has its desired number. Removed nodes are drained."""
    api = control_plane.client(group.cluster)
    existing = _of_group(api, group.name)
    leaving = surplus(existing, group.desired)
    drain.remove(api, leaving)
    staying = [each for each in existing if each not in leaving]
    prefixes, version = _prefix_delegation(api), control_plane.version(group.cluster)
    for live in staying:
        labels = live["metadata"]["labels"]
        _relabel(api, live, node(group, live["metadata"]["name"], labels[ZONE_LABEL], prefixes, version))
    taken = {each["metadata"]["name"] for each in api.list("v1", "Node")}
    zones = [each["metadata"]["labels"][ZONE_LABEL] for each in staying]
    while len(zones) < group.desired:
        zone = min(group.zones, key=zones.count)
        name = free_name(group, zone, taken)
        api.request("POST", "/api/v1/nodes", node(group, name, zone, prefixes, version))
        taken.add(name)
        zones.append(zone)


def surplus(existing: Iterable[Object], desired: int) -> list[Object]:
    """Return the nodes to remove from a group that is too large: each time the newest of the zone with most nodes."""
    remaining = sorted(existing, key=lambda each: str(each["metadata"].get("creationTimestamp")))
    leaving: list[Object] = []
    while len(remaining) > desired:
        counts = Counter(each["metadata"]["labels"][ZONE_LABEL] for each in remaining)
        zone = max(counts, key=lambda each: counts[each])
        newest = [each for each in remaining if each["metadata"]["labels"][ZONE_LABEL] == zone][-1]
        remaining.remove(newest)
        leaving.append(newest)
    return leaving


def remove(cluster: str, name: str) -> None:
    """Drain and remove one node. It is no error if it does not exist."""
    api = control_plane.client(cluster)
    live = api.get("v1", "Node", "", name)
    if live is not None:
        drain.remove(api, [live])


def leave(cluster: str, group: str) -> None:
    """Drain and remove all nodes of a group."""
    api = control_plane.client(cluster)
    # The autoscaler may add a node meanwhile.
    while leaving := _of_group(api, group):
        drain.remove(api, leaving)


def free_name(group: NodeGroup, zone: str, taken: Collection[str]) -> str:
    """Return an unused private DNS name for a new node, with an address of the zone's subnet.

    Raises:
        NodeCreationFailure: The subnet has no free address.
    """
    network = ipaddress.ip_network(group.networks[group.zones.index(zone)])
    first, usable = 4, network.num_addresses - 5  # AWS reserves the first four addresses of a subnet and the last.
    start = int(hashlib.sha256(f"{group.cluster}/{group.name}".encode()).hexdigest(), 16)
    for step in range(usable):
        address = str(network[first + (start + step) % usable]).replace(".", "-")
        name = f"ip-{address}.{_domain(zone[:-1])}"
        if name not in taken:
            return name
    raise NodeCreationFailure(f"InsufficientFreeAddresses: the subnet {network} in {zone} has no address left")


def _domain(region: str) -> str:
    """Return the domain of a region's private DNS names, which differs in us-east-1."""
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def node(group: NodeGroup, name: str, zone: str, prefix_delegation: bool, version: str) -> Object:
    """Build a Node object as its kubelet registers it."""
    instance = group.instance
    instance_id = f"i-0{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    labels = {
        "kubernetes.io/arch": instance.architecture,
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": name,
        "node.kubernetes.io/instance-type": instance.name,
        "topology.kubernetes.io/region": zone[:-1],
        ZONE_LABEL: zone,
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
            **capacity.of(instance, prefix_delegation, group.disk_gib).as_status(),
            "addresses": [
                {"type": "InternalIP", "address": name.split(".")[0].removeprefix("ip-").replace("-", ".")},
                {"type": "InternalDNS", "address": name},
                {"type": "Hostname", "address": name},
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": KUBELET_PORT}},
            "nodeInfo": _node_info(instance.architecture, version),
        },
    }


def _relabel(api: Api, live: Object, wanted: Object) -> None:
    """Update labels and taints of an existing node, as EKS does, except for Kubernetes' own taints."""
    own = [taint for taint in live["spec"].get("taints", []) if _is_clusters(taint)]
    gone = dict.fromkeys(live["metadata"]["labels"].keys() - wanted["metadata"]["labels"].keys())
    changes = {
        "metadata": {"labels": {**gone, **wanted["metadata"]["labels"]}},
        # An interrupted removal leaves nodes cordoned.
        "spec": {"taints": [*own, *wanted["spec"]["taints"]], "unschedulable": None},
    }
    api.patch(live, changes)


def _is_clusters(taint: Object) -> bool:
    return taint["key"].startswith("node.kubernetes.io/") and taint["key"] != "node.kubernetes.io/unschedulable"


def _node_info(architecture: str, version: str) -> dict[str, str]:
    return {
        "architecture": architecture, "operatingSystem": "linux", "kubeletVersion": f"v{version}.0-eks-emulated",
        "kubeProxyVersion": "", "osImage": "Amazon Linux 2023", "containerRuntimeVersion": "containerd://2.1.0",
        "kernelVersion": "", "machineID": "", "systemUUID": "", "bootID": "",
    }  # fmt: skip


def _of_group(api: Api, group: str) -> list[Object]:
    return api.list("v1", "Node", labelSelector=f"{GROUP_LABEL}={group}")


def _ready(node: Object) -> str | None:
    """Return why the node is not Ready; None if it is."""
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
