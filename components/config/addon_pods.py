"""The pods that a cluster has besides the shop's: what its add-ons ask for."""

from components.config.addons import AddonsConfig
from components.requests import (
    ALERTMANAGER,
    CLUSTER_AUTOSCALER,
    CONFIG_RELOADER,
    EXTERNAL_SECRETS,
    EXTERNAL_SECRETS_CERTIFICATES,
    EXTERNAL_SECRETS_WEBHOOK,
    GRAFANA,
    GRAFANA_SIDECAR,
    KUBE_STATE_METRICS,
    LOAD_BALANCER_CONTROLLER,
    NODE_EXPORTER,
    PROMETHEUS,
    PROMETHEUS_OPERATOR,
    VPA_RECOMMENDER,
    Demand,
    Requests,
    demand,
)

# What EKS add-ons ask for unless told otherwise, by the charts that AWS makes them from: aws/amazon-vpc-cni-k8s
# charts/aws-vpc-cni, kubernetes-sigs/aws-ebs-csi-driver charts/aws-ebs-csi-driver, aws-observability/helm-charts
# charts/amazon-cloudwatch-observability; CoreDNS, kube-proxy and metrics-server by their manifests.
_CNI = Requests("25m", "0Mi")
_KUBE_PROXY = Requests("100m", "0Mi")
_EBS = Requests("10m", "40Mi")
_CLOUDWATCH_AGENT = Requests("250m", "128Mi")
_FLUENT_BIT = Requests("50m", "25Mi")
_CLOUDWATCH_MANAGER = Requests("100m", "64Mi")
_COREDNS = Requests("100m", "70Mi")
_METRICS_SERVER = Requests("100m", "200Mi")


def on_every_node(addons: AddonsConfig) -> list[Demand]:
    """Pods of DaemonSets."""
    # The CNI and its network policy agent; the driver and its two companions.
    pods = [demand(_CNI, _CNI), demand(_KUBE_PROXY), demand(_EBS, _EBS, _EBS)]
    if addons.container_insights.enabled:
        pods += [demand(_CLOUDWATCH_AGENT), demand(_FLUENT_BIT)]
    if addons.prometheus.enabled:
        pods.append(demand(NODE_EXPORTER))
    return pods


def somewhere(addons: AddonsConfig) -> list[Demand]:
    """All other pods of add-ons."""
    replicated = (LOAD_BALANCER_CONTROLLER, EXTERNAL_SECRETS, EXTERNAL_SECRETS_WEBHOOK, _METRICS_SERVER)
    pods = [demand(each) for each in replicated for _ in range(addons.replicas)]
    # EKS runs two of each; a controller pod of the EBS driver has six containers.
    pods += [demand(_COREDNS)] * 2 + [demand(*[_EBS] * 6)] * 2 + [demand(EXTERNAL_SECRETS_CERTIFICATES)]
    if addons.cluster_autoscaler.enabled:
        pods.append(demand(CLUSTER_AUTOSCALER))
    if addons.container_insights.enabled:
        pods.append(demand(_CLOUDWATCH_MANAGER))
    if addons.prometheus.enabled:
        pods += [demand(PROMETHEUS, CONFIG_RELOADER), demand(ALERTMANAGER, CONFIG_RELOADER)]
        pods += [demand(GRAFANA, GRAFANA_SIDECAR, GRAFANA_SIDECAR)]
        pods += [demand(PROMETHEUS_OPERATOR), demand(KUBE_STATE_METRICS)]
    if addons.vertical_pod_autoscaler.enabled:
        pods.append(demand(VPA_RECOMMENDER))
    return pods
