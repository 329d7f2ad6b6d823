"""What the programs of add-ons need before they serve: the name service, and what they ask AWS at their start."""

from collections.abc import Mapping, Set

from emulator.kubernetes.addons import coredns, ebs_csi, kube_proxy
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import certificates, cluster_autoscaler, load_balancers
from emulator.kubernetes.controllers.context import Context

_FATAL: Mapping[str, tuple[tuple[str, ...], str]] = {
    # Its first act is to look for its groups, without which klog.Fatalf ends it:
    # https://github.com/kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/aws_cloud_provider.go (BuildAWS).
    cluster_autoscaler.LABELS: (
        ("autoscaling:DescribeAutoScalingGroups",),
        "Failed to create AWS Manager: cannot autodiscover ASGs: operation error Auto Scaling: ",
    ),
    # Its health check is a dry run of this call, and the kubelet restarts what is not healthy:
    # https://github.com/kubernetes-sigs/aws-ebs-csi-driver, pkg/cloud/cloud.go (DryRun).
    f"app.kubernetes.io/name={ebs_csi.CONTROLLER}": (
        ("ec2:DescribeAvailabilityZones",),
        "Failed health check (verify network connection and IAM credentials): dry-run EC2 API call failed: ",
    ),
}


_PORTS: Mapping[str, Set[int]] = {
    # The default of --health-probe-bind-addr, which its chart probes and does not declare:
    # https://github.com/kubernetes-sigs/aws-load-balancer-controller, helm/aws-load-balancer-controller/values.yaml.
    load_balancers.LABELS: {61779},
    # Its plugins `health` and `ready`: https://coredns.io/plugins/health/, https://coredns.io/plugins/ready/.
    f"k8s-app={coredns.LABELS['k8s-app']}": {8080, 8181},
}
"""Ports on which known programs listen without being told to."""


_EXTERNAL_SECRETS_WEBHOOK = "app.kubernetes.io/name=external-secrets-webhook"


def ports(pod: Object) -> set[int]:
    """Ports on which the pod's program is known to listen, whatever its specification says."""
    return set().union(*(known for label, known in _PORTS.items() if carries(pod, label)))


def crash(context: Context, pod: Object) -> str:
    """The last words of a program that ends because of what AWS answers at its start; empty when it goes on."""
    for label, (actions, words) in _FATAL.items():
        if carries(pod, label):
            denied = context.denied(context.identity_of(pod), actions)
            return f"{words}{denied}" if denied else ""
    return ""


def unready(context: Context, pod: Object) -> str:
    """Why the pod's program does not say that it is ready; empty when it does, and for every program not known here.

    The webhook of the External Secrets Operator waits for its certificate. CoreDNS reaches the API server by the
    address of a Service, which leads nowhere without kube-proxy (https://coredns.io/plugins/ready/).
    """
    if carries(pod, _EXTERNAL_SECRETS_WEBHOOK):
        return "" if certificates.of_pod(context.api, pod) else "its certificate has not been made yet"
    if pod["metadata"].get("labels", {}).get("k8s-app") != coredns.LABELS["k8s-app"]:
        return ""
    agents = context.api.list("v1", "Pod", "kube-system", labelSelector=f"k8s-app={kube_proxy.NAME}")
    node = pod["spec"].get("nodeName")
    if any(each["spec"].get("nodeName") == node and each["status"].get("phase") == "Running" for each in agents):
        return ""
    return f"plugin/kubernetes is not ready: no route to the API server's Service address, as {node} has no kube-proxy"


def carries(pod: Object, label: str) -> bool:
    """Whether the pod has the label, given as `name=value`."""
    key, _, value = label.partition("=")
    return pod["metadata"].get("labels", {}).get(key) == value
