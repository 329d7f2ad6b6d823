"""Stands in for vpc-cni: a node has a network as soon as its `aws-node` pod runs."""

from emulator.kubernetes.addons.vpc_cni import NAME
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.nodes import NETWORK_ANNOTATION


def reconcile(context: Context) -> None:
    """Annotate the nodes whose network is set up; `stages/nodes.yaml` then makes them Ready."""
    if context.api.get("apps/v1", "DaemonSet", "kube-system", NAME) is None:
        return
    pods = context.api.list("v1", "Pod", "kube-system", labelSelector=f"k8s-app={NAME}")
    connected = {pod["spec"].get("nodeName") for pod in pods if pod.get("status", {}).get("phase") == "Running"}
    for node in context.api.list("v1", "Node"):
        marked = NETWORK_ANNOTATION in node["metadata"].get("annotations", {})
        if node["metadata"]["name"] in connected and not marked:
            context.api.patch(node, {"metadata": {"annotations": {NETWORK_ANNOTATION: "ready"}}})
