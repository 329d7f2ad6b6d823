"""The add-ons of a cluster, in order."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.addons.aws_load_balancer_controller import AwsLoadBalancerController, AwsLoadBalancerControllerArgs
from components.addons.cluster_autoscaler import ClusterAutoscaler, ClusterAutoscalerArgs
from components.addons.container_insights import ContainerInsights, ContainerInsightsArgs
from components.addons.ebs_csi_driver import EbsCsiDriver, EbsCsiDriverArgs
from components.addons.external_secrets import ExternalSecrets, ExternalSecretsArgs
from components.addons.metrics_server import MetricsServer, MetricsServerArgs
from components.addons.monitoring.prometheus import NAMESPACE as MONITORING_NAMESPACE
from components.addons.monitoring.prometheus import Prometheus, PrometheusArgs
from components.addons.place import AddonPlace
from components.addons.vertical_pod_autoscaler import VerticalPodAutoscaler, VerticalPodAutoscalerArgs
from components.config import AddonsConfig
from components.data.credentials import SecretPlace
from components.identity import ServiceAccountRole


@dataclass(frozen=True)
class AddonsArgs:
    """Inputs of `Addons`."""

    place: AddonPlace
    settings: AddonsConfig
    kubernetes_version: str
    """The cluster's minor."""
    vpc_id: pulumi.Input[str]
    label: str
    """What physical names start with, and the name of the shop's namespace."""
    secrets: SecretPlace
    """For passwords of the add-ons' own."""
    password_length: int
    protected: bool
    """What holds data cannot be deleted."""
    volumes_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    log_retention_days: int
    tags: Mapping[str, str]
    """For volumes."""


class Addons(pulumi.ComponentResource):
    """Creates everything that runs in the cluster so that workloads can.

    Only Prometheus waits for others: its password comes by External Secrets, its volumes by the EBS CSI driver.
    """

    load_balancer_controller: pulumi.Resource
    """Ingresses need it to come into being, and again to go."""
    secret_store: pulumi.Resource
    """ExternalSecrets need it, and the external secrets role's grants."""
    storage_class: pulumi.Resource
    """Claims need it to be served, and again to give their volumes back."""
    external_secrets: ServiceAccountRole
    """May read nothing until a secret says so."""
    monitoring: str = ""
    """The namespace that Prometheus scrapes from; empty if it is off."""
    prometheus: pulumi.Resource | None = None
    """ServiceMonitors need it, if it is on."""
    recommender: pulumi.Resource | None = None
    """VerticalPodAutoscalers need it, if it is on."""
    roles: dict[str, ServiceAccountRole]
    """By add-on."""

    def __init__(self, name: str, args: AddonsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:Addons", name, {}, opts)
        place, settings, child = args.place, args.settings, pulumi.ResourceOptions(parent=self)
        controller = AwsLoadBalancerController(
            f"{name}-alb-controller", AwsLoadBalancerControllerArgs(place, args.vpc_id), child
        )
        namespaces = [args.label, *([MONITORING_NAMESPACE] if settings.prometheus.enabled else [])]
        external_secrets = ExternalSecrets(f"{name}-external-secrets", ExternalSecretsArgs(place, namespaces), child)
        MetricsServer(f"{name}-metrics-server", MetricsServerArgs(place), child)
        driver = EbsCsiDriver(f"{name}-ebs-csi", EbsCsiDriverArgs(place, args.volumes_key_arn, args.tags), child)
        roles = {
            "aws-load-balancer-controller": controller.role,
            "external-secrets": external_secrets.role,
            "ebs-csi-driver": driver.role,
        }
        if settings.cluster_autoscaler.enabled:
            autoscaler = ClusterAutoscaler(
                f"{name}-autoscaler",
                ClusterAutoscalerArgs(place, settings.cluster_autoscaler, args.kubernetes_version),
                child,
            )
            roles["cluster-autoscaler"] = autoscaler.role
        if settings.container_insights.enabled:
            insights = ContainerInsights(
                f"{name}-insights",
                ContainerInsightsArgs(place, settings.container_insights, args.log_retention_days, args.logs_key_arn),
                child,
            )
            roles["cloudwatch-agent"] = insights.role
        if settings.prometheus.enabled:
            self.monitoring = MONITORING_NAMESPACE
            self.prometheus = Prometheus(
                f"{name}-prometheus",
                PrometheusArgs(
                    place=place,
                    settings=settings.prometheus,
                    label=args.label,
                    shop_namespace=args.label,
                    secrets=args.secrets,
                    password_length=args.password_length,
                    external_secrets=external_secrets,
                    storage_class=driver.storage_class,
                    cluster_autoscaler=settings.cluster_autoscaler.enabled,
                    protected=args.protected,
                ),
                child,
            ).release
        if settings.vertical_pod_autoscaler.enabled:
            self.recommender = VerticalPodAutoscaler(
                f"{name}-recommender", VerticalPodAutoscalerArgs(place), child
            ).release

        self.load_balancer_controller = controller.release
        self.secret_store = external_secrets.store
        self.external_secrets = external_secrets.role
        self.storage_class = driver.storage_class
        self.roles = roles
        self.register_outputs({})
