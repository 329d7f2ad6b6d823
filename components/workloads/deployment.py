"""The objects of a service that runs all the time: Deployment, autoscaler, disruption budget and volume."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.services import SURGE_PERCENT, DeployedConfig, VolumeConfig
from components.workloads.autoscaler import autoscaler
from components.workloads.classes import STORAGE_CLASS
from components.workloads.pod import PodArgs, object_metadata, pod_template, selector_labels
from components.workloads.service_context import ServiceContext
from components.workloads.volume import claim_name

_BEYOND_STARTUP_SECONDS = 90
"""Seconds in which a pod is scheduled, gets its image, and becomes healthy for the load balancer. A rollout without
progress for longer fails."""


@dataclass(frozen=True)
class DeploymentArgs:
    """Inputs of `deployment`."""

    context: ServiceContext
    settings: DeployedConfig
    pod: PodArgs
    steady_seconds: int = 0
    """Seconds for which a pod must have run without ending before it counts, where nothing asks whether it is ready."""


def deployment(name: str, args: DeploymentArgs, parent: pulumi.Resource) -> None:
    """Creates the Deployment, its autoscaler, its disruption budget and its volume's claim."""
    settings, service = args.settings, args.pod.service
    child = pulumi.ResourceOptions(parent=parent)
    alone: list[pulumi.Resource] = []
    if settings.volume:
        # Of more pods, one has the volume and the others wait: the autoscaler must not ask for them any more.
        alone = [
            _claim(name, args, settings.volume, parent),
            autoscaler(name, args.context, settings, service, child),
        ]
    labels = selector_labels(service)
    created = kubernetes.apps.v1.Deployment(
        f"{name}-deployment",
        metadata=object_metadata(service, service, args.context.namespace),
        spec=kubernetes.apps.v1.DeploymentSpecArgs(
            replicas=settings.replicas,
            revision_history_limit=3,
            min_ready_seconds=args.steady_seconds or None,
            progress_deadline_seconds=settings.startup_seconds + args.steady_seconds + _BEYOND_STARTUP_SECONDS,
            selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
            strategy=_strategy(settings),
            template=pod_template(args.pod),
        ),
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=[*args.context.depends_on, *alone],
            # From the second minute on, their number is the autoscaler's.
            ignore_changes=[] if alone else ["spec.replicas"],
        ),
    )
    if not alone:
        target = created.metadata.apply(lambda metadata: str(metadata.name))
        autoscaler(name, args.context, settings, target, child)
    kubernetes.policy.v1.PodDisruptionBudget(
        f"{name}-disruption-budget",
        metadata=object_metadata(service, service, args.context.namespace),
        spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
            # Always lets one pod go, or nodes could not be drained.
            max_unavailable=1,
            unhealthy_pod_eviction_policy="AlwaysAllow",
            selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
        ),
        opts=child,
    )


def _strategy(settings: DeployedConfig) -> kubernetes.apps.v1.DeploymentStrategyArgs:
    # The pod with the volume has to leave it first. Of the strategy Recreate, the provider takes the pod before for the
    # new one, and does not wait.
    surge, unavailable = (0, 1) if settings.volume else (f"{SURGE_PERCENT}%", 0)
    return kubernetes.apps.v1.DeploymentStrategyArgs(
        type="RollingUpdate",
        rolling_update=kubernetes.apps.v1.RollingUpdateDeploymentArgs(max_surge=surge, max_unavailable=unavailable),
    )


def _claim(name: str, args: DeploymentArgs, volume: VolumeConfig, parent: pulumi.Resource) -> pulumi.Resource:
    service, context = args.pod.service, args.context
    return kubernetes.core.v1.PersistentVolumeClaim(
        f"{name}-volume",
        metadata=object_metadata(
            claim_name(service),
            service,
            context.namespace,
            # Releases of the provider before 4.27 wait for a claim without a pod even when it grows, and so has one.
            # The Deployment waits for the volume; deletions are awaited all the same.
            {"pulumi.com/skipAwait": "true"},
        ),
        spec=kubernetes.core.v1.PersistentVolumeClaimSpecArgs(
            storage_class_name=STORAGE_CLASS,
            # Not even on one node may the next pod begin to write before this one has ended.
            access_modes=["ReadWriteOncePod"],
            resources=kubernetes.core.v1.VolumeResourceRequirementsArgs(requests={"storage": volume.size}),
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(context.depends_on), protect=context.protected),
    )
