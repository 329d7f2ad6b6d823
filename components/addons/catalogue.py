"""The list of the cluster's add-ons, in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from components.addons import prometheus
from components.addons.addon import Addon
from components.addons.aws_load_balancer_controller import AwsLoadBalancerController
from components.addons.cluster_autoscaler import ClusterAutoscaler, ClusterAutoscalerConfig
from components.addons.container_insights import ContainerInsights, ContainerInsightsConfig
from components.addons.ebs_csi_driver import EbsCsiDriver
from components.addons.external_secrets import ExternalSecrets
from components.addons.keda import Keda
from components.addons.metrics_server import MetricsServer
from components.addons.parts import Chart, EksAddon, Pods
from components.addons.prometheus import Prometheus, PrometheusConfig
from components.addons.vertical_pod_autoscaler import VerticalPodAutoscaler, VerticalPodAutoscalerConfig
from components.base.pods import Demand, Requests, demand
from components.base.section import Section, keys_of

if TYPE_CHECKING:
    import pulumi

ALL: Sequence[type[Addon]] = (
    AwsLoadBalancerController,
    ExternalSecrets,
    MetricsServer,
    EbsCsiDriver,
    ClusterAutoscaler,
    ContainerInsights,
    Prometheus,
    VerticalPodAutoscaler,
    Keda,
)
CORE = ("vpc-cni", "kube-proxy", "coredns")
"""EKS add-ons that belong to the cluster itself, in the order in which they are created."""
# What the core add-ons request unless told otherwise: aws/amazon-vpc-cni-k8s, charts/aws-vpc-cni, with a network policy
# agent beside the CNI; kube-proxy and CoreDNS, of which EKS runs two, by their manifests.
_CNI, _KUBE_PROXY, _COREDNS = Requests("25m", "0Mi"), Requests("100m", "0Mi"), Requests("100m", "70Mi")


class AddonsConfig(Section):
    """Add-ons that a stack may do without, and how many pods the indispensable ones have."""

    replicas: int = Field(
        default=2, ge=2, le=5, description="2 to 5 pods of each add-on that requests or new objects wait for"
    )
    cluster_autoscaler: ClusterAutoscalerConfig = Field(description=keys_of(ClusterAutoscalerConfig))
    container_insights: ContainerInsightsConfig = Field(description=keys_of(ContainerInsightsConfig))
    prometheus: PrometheusConfig = Field(description=keys_of(PrometheusConfig))
    vertical_pod_autoscaler: VerticalPodAutoscalerConfig = Field(description=keys_of(VerticalPodAutoscalerConfig))


def enabled(
    settings: AddonsConfig,
    for_services: Sequence[Addon] = (),
    alarm_topics: Mapping[str, pulumi.Input[str]] | None = None,
) -> list[Addon]:
    """The add-ons of a stack.

    Args:
        settings: Those that a stack may do without.
        for_services: Those that are there because a service needs them.
        alarm_topics: ARNs of the SNS topics of alarms, by severity or purpose; for a look at the add-ons, None will do.
    """
    reading = [prometheus.NAMESPACE] if settings.prometheus.enabled else []
    addons: list[Addon] = [
        AwsLoadBalancerController(settings.replicas),
        ExternalSecrets(settings.replicas, reading),
        MetricsServer(settings.replicas),
        EbsCsiDriver(),
    ]
    if settings.cluster_autoscaler.enabled:
        addons.append(ClusterAutoscaler(settings.cluster_autoscaler))
    if settings.container_insights.enabled:
        addons.append(ContainerInsights(settings.container_insights))
    if settings.prometheus.enabled:
        addons.append(Prometheus(settings.prometheus, alarm_topics or {}))
    if settings.vertical_pod_autoscaler.enabled:
        addons.append(VerticalPodAutoscaler())
    return [*addons, *for_services]


def charts() -> list[str]:
    """Names of all Helm charts."""
    return [addon.source.name for addon in ALL if isinstance(addon.source, Chart)]


def eks_addons() -> list[str]:
    """Names of all EKS add-ons, those of the cluster itself included."""
    return [*CORE, *(addon.source.name for addon in ALL if isinstance(addon.source, EksAddon))]


def roles() -> list[str]:
    """Keys of the add-ons' roles in the stack's output `role_arns`."""
    return [key for addon in ALL if (key := addon.role_key())]


def pods(settings: AddonsConfig, for_services: Sequence[Addon] = ()) -> Pods:
    """The pods that a stack's cluster has besides the shop's."""
    each = [addon.pods() for addon in enabled(settings, for_services)]
    core: list[Demand] = [demand(_CNI, _CNI), demand(_KUBE_PROXY)]
    return Pods(
        per_node=[*core, *(pod for addon in each for pod in addon.per_node)],
        deployed=[*[demand(_COREDNS)] * 2, *(pod for addon in each for pod in addon.deployed)],
    )


def _known_chart(name: str) -> str:
    if name not in charts():
        raise ValueError(f"{name} is not a chart of this program")
    return name


_Repository = Annotated[str, Field(pattern=r"^(https://\S+|oci://[A-Za-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*/?)$")]
"""An index, or in a registry the folder of the chart: without its name, tag or digest."""

ChartRepositories = dict[Annotated[str, AfterValidator(_known_chart)], _Repository]
