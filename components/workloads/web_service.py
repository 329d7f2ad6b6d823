"""A web service: its Deployment, autoscaler, service account and disruption budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.config import WebConfig
from components.config.services import PLACEHOLDER_IMAGE, SURGE_PERCENT
from components.workloads.pod import Environment, PodArgs, pod_template, selector_labels

_BEYOND_STARTUP_SECONDS = 90
"""Seconds in which a pod is scheduled, gets its image, and becomes healthy for the load balancer. A rollout without
progress for longer fails."""

_BEHAVIOR = kubernetes.autoscaling.v2.HorizontalPodAutoscalerBehaviorArgs(
    # Twice as many at once, so that a rush is met within minutes.
    scale_up=kubernetes.autoscaling.v2.HPAScalingRulesArgs(
        policies=[kubernetes.autoscaling.v2.HPAScalingPolicyArgs(type="Percent", value=100, period_seconds=60)],
    ),
    # A tenth fewer, and only once five minutes needed no more: the next rush may follow, and each pod drains.
    scale_down=kubernetes.autoscaling.v2.HPAScalingRulesArgs(
        stabilization_window_seconds=300,
        select_policy="Max",
        policies=[
            kubernetes.autoscaling.v2.HPAScalingPolicyArgs(type="Percent", value=10, period_seconds=60),
            kubernetes.autoscaling.v2.HPAScalingPolicyArgs(type="Pods", value=1, period_seconds=60),
        ],
    ),
)


@dataclass(frozen=True)
class WebServiceArgs:
    """Inputs of `WebService`."""

    service: str
    """The name of its objects."""
    namespace: pulumi.Input[str]
    settings: WebConfig
    role_arn: pulumi.Input[str]
    """The AWS role of the pods, known once it has its permissions."""
    environment: Environment
    init_containers: Sequence[kubernetes.core.v1.ContainerArgs]
    depends_on: Sequence[pulumi.Resource]
    """Resources that the first pods must find: the network policies and the quota; the Ingress, without whose target
    groups they would get no readiness gate; and the database with its users and schema."""


class WebService(pulumi.ComponentResource):
    """Creates a service account, a Deployment, its autoscaler `<service>-hpa`, and a disruption budget.

    Without an image, a placeholder answers on the same port.
    """

    def __init__(self, name: str, args: WebServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:WebService", name, {}, opts)
        self._name = name
        self._args = args
        settings, service = args.settings, args.service
        labels = selector_labels(service)
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-service-account",
            metadata=self._metadata(service, {"eks.amazonaws.com/role-arn": args.role_arn}),
            # The token for AWS is another one, which EKS mounts for the annotation's sake.
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        deployment = kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=self._metadata(service),
            spec=kubernetes.apps.v1.DeploymentSpecArgs(
                replicas=settings.replicas,
                revision_history_limit=3,
                progress_deadline_seconds=settings.startup_seconds + _BEYOND_STARTUP_SECONDS,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
                strategy=kubernetes.apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=kubernetes.apps.v1.RollingUpdateDeploymentArgs(
                        max_surge=f"{SURGE_PERCENT}%", max_unavailable=0
                    ),
                ),
                template=pod_template(
                    PodArgs(
                        service=service,
                        settings=settings,
                        image=settings.image or PLACEHOLDER_IMAGE,
                        command=settings.command if settings.image else [],
                        arguments=settings.arguments if settings.image else _placeholder(settings),
                        service_account=account.metadata.apply(lambda metadata: str(metadata.name)),
                        environment=args.environment,
                        init_containers=args.init_containers,
                    )
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.depends_on),
                # From the second minute on, their number is the autoscaler's.
                ignore_changes=["spec.replicas"],
            ),
        )
        self._autoscaler(deployment.metadata.apply(lambda metadata: str(metadata.name)))
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-disruption-budget",
            metadata=self._metadata(service),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                # Always lets one pod go, or nodes could not be drained.
                max_unavailable=1,
                unhealthy_pod_eviction_policy="AlwaysAllow",
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def _autoscaler(self, deployment: pulumi.Output[str]) -> None:
        settings = self._args.settings
        targets: Mapping[str, int] = {"cpu": settings.cpu_target, "memory": settings.memory_target}
        kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
            f"{self._name}-autoscaler",
            metadata=self._metadata(f"{self._args.service}-hpa"),
            spec=kubernetes.autoscaling.v2.HorizontalPodAutoscalerSpecArgs(
                scale_target_ref=kubernetes.autoscaling.v2.CrossVersionObjectReferenceArgs(
                    api_version="apps/v1", kind="Deployment", name=deployment
                ),
                min_replicas=settings.replicas,
                max_replicas=settings.max_replicas,
                behavior=_BEHAVIOR,
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
            name=name,
            namespace=self._args.namespace,
            labels=selector_labels(self._args.service),
            annotations=annotations,
        )


def _placeholder(settings: WebConfig) -> Sequence[str]:
    """The arguments of the placeholder, which answers any path at the service's port."""
    return ["serve-hostname", f"--port={settings.port}"]
