"""Builds snapshots of a small stack that is healthy until a test changes it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from analysis.preview import State
from ops.doctor.commands import Commands
from ops.doctor.finding import Diagnosis, Ref
from ops.doctor.looking import look
from ops.doctor.snapshot import Snapshot

NOW = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
NAMESPACE = "openmarket-dev"
GROUP = "general-group-1"
NODE = "ip-10-10-1-4.ap-northeast-2.compute.internal"
COMMANDS = Commands("dev", emulated=False, region="ap-northeast-2")
DENIED_ROLE = (
    "Failed deploy model due to api error AccessDenied: User: arn:aws:iam::123456789012:role/alb-role is not "
    "authorized to perform: elasticloadbalancing:CreateLoadBalancer"
)
"""What the load balancer controller says when its role has no policy."""
Object = dict[str, Any]


def ago(seconds: float) -> str:
    """A moment before now, as Kubernetes writes it."""
    return (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def state(type_: str, resource: str, inputs: Object | None = None, **outputs: Any) -> State:
    """A resource in Pulumi's state."""
    return State(
        urn=f"urn:pulumi:dev::openmarket::{type_}::{resource}",
        type=type_,
        custom=True,
        inputs=inputs or {},
        outputs=outputs,
    )


def kubernetes_state(type_: str, kind: str, name: str, namespace: str = NAMESPACE, spec: Object | None = None) -> State:
    """An object of the cluster in Pulumi's state."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return state(f"kubernetes:{type_}:{kind}", f"shop-{name}", {"spec": spec or {}}, metadata=metadata)


def thing(kind: str, name: str, namespace: str = NAMESPACE, **more: Any) -> Object:
    """An object of the cluster."""
    metadata = {"name": name, "creationTimestamp": ago(3600), **({"namespace": namespace} if namespace else {})}
    return {"kind": kind, "metadata": metadata | more.pop("metadata", {}), **more}


def conditions(**states: str | tuple[str, str, str]) -> list[Object]:
    """Conditions by type: a status, or status, reason and message."""
    found: list[Object] = []
    for type_, value in states.items():
        status, reason, message = (value, "", "") if isinstance(value, str) else value
        found.append({"type": type_, "status": status, "reason": reason, "message": message,
                      "lastTransitionTime": ago(600)})  # fmt: skip
    return found


def node(name: str = NODE, cpu: str = "1930m", memory: str = "2223Mi", **states: Any) -> Object:
    """A node of the group, which is ready unless its conditions say otherwise."""
    status = {
        "allocatable": {"cpu": cpu, "memory": memory, "pods": "110"},
        "conditions": conditions(**{"Ready": "True"} | states),
    }
    return thing("Node", name, "", status=status, metadata={"labels": {"eks.amazonaws.com/nodegroup": GROUP}})


def spec(image: str = "shop:1", path: str = "/ready") -> Object:
    """A pod's specification."""
    probe = {"httpGet": {"path": path, "port": "http"}}
    requests = {"cpu": "250m", "memory": "512Mi"}
    container = {"name": "web", "image": image, "readinessProbe": probe, "resources": {"requests": requests}}
    return {"containers": [container], "serviceAccountName": "web"}


def deployment(name: str, replicas: int = 2, namespace: str = NAMESPACE, **of_spec: str) -> Object:
    """A Deployment."""
    return thing("Deployment", name, namespace, spec={"replicas": replicas, "template": {"spec": spec(**of_spec)}})


def pod(workload: str, number: int = 1, namespace: str = NAMESPACE, **more: Any) -> Object:
    """A pod of a Deployment, which is ready unless its status says otherwise."""
    owners = [{"kind": "ReplicaSet", "name": f"{workload}-abc", "controller": True}]
    metadata = {"labels": {"pod-template-hash": "abc"}, "ownerReferences": owners}
    ready: Object = {
        "phase": "Running", "podIP": f"100.64.0.{number}",
        "conditions": conditions(PodScheduled="True", ContainersReady="True", Ready="True"),
        "containerStatuses": [{"name": "web", "image": "shop:1", "ready": True, "state": {"running": {}}}],
    }  # fmt: skip
    return thing(
        "Pod", f"{workload}-abc-{number}", namespace, metadata=metadata,
        spec={**spec(), "nodeName": NODE} | more.pop("spec", {}), status=ready | more.pop("status", {}), **more,
    )  # fmt: skip


def waiting(reason: str, message: str = "", image: str = "shop:1", **more: Any) -> Object:
    """The status of a pod whose container waits for this reason."""
    state_ = {"waiting": {"reason": reason, "message": message}}
    container = {"name": "web", "image": image, "ready": False, "state": state_, **more}
    return {
        "phase": "Pending", "containerStatuses": [container],
        "conditions": conditions(PodScheduled="True", ContainersReady="False", Ready="False"),
    }  # fmt: skip


def unready(**gates: Any) -> Object:
    """The status of a pod that runs and is not ready; with gates, its containers are."""
    containers = "True" if gates else "False"
    container = {"name": "web", "image": "shop:1", "ready": bool(gates), "state": {"running": {}}}
    return {
        "containerStatuses": [container],
        "conditions": conditions(PodScheduled="True", ContainersReady=containers, Ready="False", **gates),
    }


def unschedulable(message: str = "0/1 nodes are available: 1 Insufficient memory.") -> Object:
    """The status of a pod that finds no node."""
    return {"phase": "Pending", "containerStatuses": [],
            "conditions": conditions(PodScheduled=("False", "Unschedulable", message))}  # fmt: skip


def event(about: Object, reason: str, message: str, type_: str = "Warning", seconds: float = 60) -> Object:
    """An event about an object, that many seconds ago."""
    metadata = about["metadata"]
    subject = {"kind": about["kind"], "name": metadata["name"], "namespace": metadata.get("namespace", "")}
    return thing(
        "Event", f"{metadata['name']}.{reason}.{seconds}", involvedObject=subject, type=type_, reason=reason,
        message=message, lastTimestamp=ago(seconds),
    )  # fmt: skip


def node_group(desired: int = 1, most: int = 3, **more: Any) -> Object:
    """EKS's description of the node group."""
    sizes = {"minSize": 1, "desiredSize": desired, "maxSize": most}
    return {"nodegroupName": GROUP, "status": "ACTIVE", "capacityType": "ON_DEMAND", "scalingConfig": sizes, **more}


STATE = (
    state("aws:eks/nodeGroup:NodeGroup", "cluster-nodes-general-group", nodeGroupName=GROUP, clusterName="c"),
    kubernetes_state("apps/v1", "Deployment", "web", spec={"template": {"spec": spec()}}),
    kubernetes_state("core/v1", "Service", "web"),
    kubernetes_state("networking.k8s.io/v1", "Ingress", "entry"),
)
INGRESS = thing("Ingress", "entry", status={"loadBalancer": {"ingress": [{"hostname": "alb.example"}]}})
CONTROLLER = "aws-load-balancer-controller"
OBJECTS = (
    node(), deployment("web"), thing("Service", "web"), INGRESS,
    deployment(CONTROLLER, namespace="kube-system"), pod(CONTROLLER, 9, "kube-system"),
)  # fmt: skip
PODS = (pod("web", 1), pod("web", 2))


def world(*more: Object, without: Iterable[Ref] = (), pods: Iterable[Object] = PODS, **fields: Any) -> Snapshot:
    """The healthy stack with more objects, which replace those of the same name, and without some."""
    objects: dict[tuple[str, str, str], Object] = {}
    for each in (*OBJECTS, *pods, *more):
        objects[each["kind"], each["metadata"].get("namespace", ""), each["metadata"]["name"]] = each
    for ref in without:
        del objects[ref.kind, ref.namespace, ref.name]
    snapshot = Snapshot(
        "dev", "ap-northeast-2", NOW, tuple(objects.values()), state=STATE, node_groups={GROUP: node_group()}
    )
    return replace(snapshot, **fields)


def found(snapshot: Snapshot) -> list[Diagnosis]:
    """What the doctor finds."""
    return look(snapshot)


def kinds(diagnosed: Iterable[Diagnosis]) -> list[str]:
    """The kinds of the root causes, in order."""
    return [type(each.root.cause).__name__ for each in diagnosed]


def said(diagnosed: Iterable[Diagnosis]) -> list[str]:
    """All words, of root causes and of what follows from them."""
    lines: list[str] = []
    for each in diagnosed:
        for finding in (each.root, *each.consequences):
            words = finding.cause.words(COMMANDS)
            lines += [words.what, *words.why, words.first, words.next]
    return lines


def one(snapshot: Snapshot) -> Diagnosis:
    """The only thing that the doctor finds."""
    (only,) = found(snapshot)
    return only
