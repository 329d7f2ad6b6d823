"""Knows what programs of add-ons need at their start: AWS permissions, certificates, the API server's address."""

from collections.abc import Mapping, Set

from emulator.kubernetes.addons import coredns, ebs_csi, kube_proxy
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import certificates, cluster_autoscaler, load_balancers
from emulator.kubernetes.controllers.context import Context

_FATAL: Mapping[str, tuple[tuple[str, ...], str]] = {
    # It first discovers its groups, and exits with klog.Fatalf if that fails:
    # https://github.com/kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/aws_cloud_provider.go (BuildAWS).
    cluster_autoscaler.LABELS: (
        ("autoscaling:DescribeAutoScalingGroups",),
        "Failed to create AWS Manager: cannot autodiscover ASGs: operation error Auto Scaling: ",
    ),
    # Its health check is a dry run of this call, and the kubelet restarts it if the check fails:
    # https://github.com/kubernetes-sigs/aws-ebs-csi-driver, pkg/cloud/cloud.go (DryRun).
    f"app.kubernetes.io/name={ebs_csi.CONTROLLER}": (
        ("ec2:DescribeAvailabilityZones",),
        "Failed health check (verify network connection and IAM credentials): dry-run EC2 API call failed: ",
    ),
}


_PORTS: Mapping[str, Set[int]] = {
    # The default of --health-probe-bind-addr, which its chart probes but does not declare:
    # https://github.com/kubernetes-sigs/aws-load-balancer-controller, helm/aws-load-balancer-controller/values.yaml.
    load_balancers.LABELS: {61779},
    # The default of --health-probe-bind-address: https://github.com/kedacore/keda, cmd/operator/main.go.
    "app.kubernetes.io/name=keda-operator": {8081},
    # Its plugins `health` and `ready`: https://coredns.io/plugins/health/, https://coredns.io/plugins/ready/.
    f"k8s-app={coredns.LABELS['k8s-app']}": {8080, 8181},
}
"""Default ports of known programs, by label of their pods."""


_EXTERNAL_SECRETS_WEBHOOK = "app.kubernetes.io/name=external-secrets-webhook"


def ports(pod: Object) -> set[int]:
    """Return the ports on which the pod's program listens by default."""
    return set().union(*(known for label, known in _PORTS.items() if carries(pod, label)))


def crash(context: Context, pod: Object) -> str:
    """Return the error with which the pod's program exits because AWS denies a request at its start; empty if none."""
    for label, (actions, error) in _FATAL.items():
        if carries(pod, label):
            denied = context.denied(context.identity_of(pod), actions)
            return f"{error}{denied}" if denied else ""
    return ""


def unready(context: Context, pod: Object) -> str:
    """Return why the pod's program is not ready; empty if it is, and for programs that are not known here.

    The webhook of the External Secrets Operator waits for its certificate. CoreDNS connects to the API server at the
    address of a Service, which needs kube-proxy (https://coredns.io/plugins/ready/).
    """
    if carries(pod, _EXTERNAL_SECRETS_WEBHOOK):
        return "" if certificates.of_pod(context.api, pod) else "its certificate does not exist yet"
    if pod["metadata"].get("labels", {}).get("k8s-app") != coredns.LABELS["k8s-app"]:
        return ""
    agents = context.api.list("v1", "Pod", "kube-system", labelSelector=f"k8s-app={kube_proxy.NAME}")
    node = pod["spec"].get("nodeName")
    if any(each["spec"].get("nodeName") == node and each["status"].get("phase") == "Running" for each in agents):
        return ""
    return f"plugin/kubernetes is not ready: no route to the API server's Service address, as {node} has no kube-proxy"


def carries(pod: Object, label: str) -> bool:
    """Return whether the pod has the label, given as `name=value`."""
    key, _, value = label.partition("=")
    return pod["metadata"].get("labels", {}).get(key) == value
