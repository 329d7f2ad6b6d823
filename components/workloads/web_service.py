"""A web service: what runs, how many of it, and what may interrupt it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.config import ServiceConfig
from components.versions import PLACEHOLDER_IMAGE
from components.workloads.drain import Drain
from components.workloads.pod import pod_template, selector_labels


@dataclass(frozen=True)
class WebServiceArgs:
    """Inputs of `WebService`."""

    namespace: pulumi.Input[str]
    settings: ServiceConfig
    role_arn: pulumi.Input[str]
    """Of the AWS role that the pods take."""
    after: Sequence[pulumi.Resource]
    """What the first pods must find: the role's permissions, and the Ingress, without whose target groups they would
    get no readiness gate."""


def cluster_ip_service(
    name: str, namespace: pulumi.Input[str], settings: ServiceConfig, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Creates the Service of a web service, and answers its name.

    It says how the load balancer checks and drains the pods. The Ingress needs it and the pods need the Ingress: so it
    is not awaited, as it has no endpoints yet.
    """
    drain = Drain(settings.drain_seconds)
    service = kubernetes.core.v1.Service(
        f"{name}-service",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=name,
            namespace=namespace,
            labels=selector_labels(name),
            annotations={
                "pulumi.com/skipAwait": "true",
                "alb.ingress.kubernetes.io/healthcheck-path": settings.health_path,
                "alb.ingress.kubernetes.io/target-group-attributes": (
                    f"deregistration_delay.timeout_seconds={drain.deregistration_seconds}"
                ),
            },
        ),
        spec=kubernetes.core.v1.ServiceSpecArgs(
            type="ClusterIP",
            selector=selector_labels(name),
            # The same port outside and in: the VPC CNI's network policies do not translate.
            ports=[
                kubernetes.core.v1.ServicePortArgs(
                    name="http", port=settings.port, target_port=settings.port, protocol="TCP"
                )
            ],
        ),
        opts=opts,
    )
    return service.metadata.apply(lambda metadata: str(metadata.name))


class WebService(pulumi.ComponentResource):
    """Creates a service account, a Deployment, its autoscaler `<name>-hpa`, and a disruption budget.

    Without an image, a placeholder answers on the same port.
    """

    def __init__(self, name: str, args: WebServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:WebService", name, {}, opts)
        self._name = name
        self._args = args
        settings = args.settings
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-service-account",
            metadata=self._metadata(name, {"eks.amazonaws.com/role-arn": args.role_arn}),
            # The token for AWS is another one, which EKS mounts for the annotation's sake.
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        deployment = kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=self._metadata(name),
            spec=kubernetes.apps.v1.DeploymentSpecArgs(
                replicas=settings.replicas,
                revision_history_limit=3,
                progress_deadline_seconds=300,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=selector_labels(name)),
                strategy=kubernetes.apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=kubernetes.apps.v1.RollingUpdateDeploymentArgs(max_surge="25%", max_unavailable=0),
                ),
                template=pod_template(
                    name,
                    settings,
                    image=settings.image or PLACEHOLDER_IMAGE,
                    arguments=[] if settings.image else ["serve-hostname", f"--port={settings.port}"],
                    service_account=account.metadata.apply(lambda metadata: str(metadata.name)),
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.after),
                # From the second minute on, their number is the autoscaler's.
                ignore_changes=["spec.replicas"],
            ),
        )
        self._autoscaler(deployment.metadata.apply(lambda metadata: str(metadata.name)))
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-disruption-budget",
            metadata=self._metadata(name),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                # Always lets one pod go, or nodes could not be drained.
                max_unavailable=1,
                unhealthy_pod_eviction_policy="AlwaysAllow",
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=selector_labels(name)),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def _autoscaler(self, deployment: pulumi.Output[str]) -> None:
        settings = self._args.settings
        targets: Mapping[str, int] = {"cpu": settings.cpu_target, "memory": settings.memory_target}
        kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
            f"{self._name}-autoscaler",
            metadata=self._metadata(f"{self._name}-hpa"),
            spec=kubernetes.autoscaling.v2.HorizontalPodAutoscalerSpecArgs(
                scale_target_ref=kubernetes.autoscaling.v2.CrossVersionObjectReferenceArgs(
                    api_version="apps/v1", kind="Deployment", name=deployment
                ),
                min_replicas=settings.replicas,
                max_replicas=settings.max_replicas,
                metrics=[
                    kubernetes.autoscaling.v2.MetricSpecArgs(
                        type="Resource",
                        resource=kubernetes.autoscaling.v2.ResourceMetricSourceArgs(
                            name=resource,
                            target=kubernetes.autoscaling.v2.MetricTargetArgs(
                                type="Utilization", average_utilization=percent
                            ),
                        ),
                    )
                    for resource, percent in targets.items()
                ],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _metadata(
        self, name: str, annotations: Mapping[str, pulumi.Input[str]] | None = None
    ) -> kubernetes.meta.v1.ObjectMetaArgs:
        return kubernetes.meta.v1.ObjectMetaArgs(
            name=name, namespace=self._args.namespace, labels=selector_labels(self._name), annotations=annotations
        )
