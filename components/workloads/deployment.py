"""The objects of a service that runs all the time: Deployment, autoscaler and disruption budget."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.services import SURGE_PERCENT, DeployedConfig
from components.workloads.pod import PodArgs, object_metadata, pod_template, selector_labels

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
class DeploymentArgs:
    """Inputs of `deployment`."""

    namespace: pulumi.Input[str]
    settings: DeployedConfig
    pod: PodArgs
    depends_on: Sequence[pulumi.Resource]
    """Resources that the first pods must find."""
    steady_seconds: int = 0
    """Seconds for which a pod must have run without ending before it counts, where nothing asks whether it is ready."""


def deployment(name: str, args: DeploymentArgs, parent: pulumi.Resource) -> None:
    """Creates the Deployment, its autoscaler `<service>-hpa` and its disruption budget, as children of the parent."""
    settings, service = args.settings, args.pod.service
    child = pulumi.ResourceOptions(parent=parent)
    labels = selector_labels(service)
    created = kubernetes.apps.v1.Deployment(
        f"{name}-deployment",
        metadata=object_metadata(service, service, args.namespace),
        spec=kubernetes.apps.v1.DeploymentSpecArgs(
            replicas=settings.replicas,
            revision_history_limit=3,
            min_ready_seconds=args.steady_seconds or None,
            progress_deadline_seconds=settings.startup_seconds + args.steady_seconds + _BEYOND_STARTUP_SECONDS,
            selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
            strategy=kubernetes.apps.v1.DeploymentStrategyArgs(
                type="RollingUpdate",
                rolling_update=kubernetes.apps.v1.RollingUpdateDeploymentArgs(
                    max_surge=f"{SURGE_PERCENT}%", max_unavailable=0
                ),
            ),
            template=pod_template(args.pod),
        ),
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=list(args.depends_on),
            # From the second minute on, their number is the autoscaler's.
            ignore_changes=["spec.replicas"],
        ),
    )
    _autoscaler(name, args, created.metadata.apply(lambda metadata: str(metadata.name)), child)
    kubernetes.policy.v1.PodDisruptionBudget(
        f"{name}-disruption-budget",
        metadata=object_metadata(service, service, args.namespace),
        spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
            # Always lets one pod go, or nodes could not be drained.
            max_unavailable=1,
            unhealthy_pod_eviction_policy="AlwaysAllow",
            selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
        ),
        opts=child,
    )


def _autoscaler(name: str, args: DeploymentArgs, target: pulumi.Output[str], opts: pulumi.ResourceOptions) -> None:
    settings, service = args.settings, args.pod.service
    targets = {"cpu": settings.cpu_target, "memory": settings.memory_target}
    kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
        f"{name}-autoscaler",
        metadata=object_metadata(f"{service}-hpa", service, args.namespace),
        spec=kubernetes.autoscaling.v2.HorizontalPodAutoscalerSpecArgs(
            scale_target_ref=kubernetes.autoscaling.v2.CrossVersionObjectReferenceArgs(
                api_version="apps/v1", kind="Deployment", name=target
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
        opts=opts,
    )
