"""The pods of services: hardened, spread over zones, and drained before they end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.services import PLACEHOLDER_IMAGE, ServiceConfig, VolumeConfig
from components.workloads.classes import priority_class_name
from components.workloads.drain import Drain
from components.workloads.hardening import (
    container_security,
    guaranteed,
    pod_security,
    writable_mounts,
    writable_volumes,
)
from components.workloads.placement import Placement, pod_annotations, pod_fields
from components.workloads.probes import Probes
from components.workloads.sidecars import sidecars
from components.workloads.volume import pod_volumes, volume_mounts

NOT_TO_BE_MOVED = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
"""Annotations of pods that the autoscaler must not interrupt to save a node."""


def selector_labels(name: str) -> dict[str, str]:
    """The labels by which Services, Deployments and budgets find a service's pods."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "openmarket"}


def object_metadata(
    name: str,
    service: str,
    namespace: pulumi.Input[str],
    annotations: Mapping[str, pulumi.Input[str]] | None = None,
) -> kubernetes.meta.v1.ObjectMetaArgs:
    """The metadata of an object that belongs to a service."""
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=name, namespace=namespace, labels=selector_labels(service), annotations=annotations
    )


@dataclass(frozen=True)
class Environment:
    """The sources of a container's environment."""

    variables: Mapping[str, str]
    """Variables besides those of the service's settings, which win."""
    config_map: pulumi.Input[str]
    """A ConfigMap whose values are variables."""
    secrets: Sequence[pulumi.Input[str]]
    """Secrets whose values are variables. Where a name carries a version, another version is another rollout."""

    def with_variables(self, variables: Mapping[str, str]) -> "Environment":
        """The environment with these variables, which win over the others that the program sets."""
        return replace(self, variables={**self.variables, **variables})


@dataclass(frozen=True)
class PodArgs:
    """Inputs of `pod_template` and `run_template`. The kind of the service decides on those with a default."""

    service: str
    settings: ServiceConfig
    placeholder: Sequence[str]
    """Arguments of the placeholder's entrypoint, which runs as long as the service has no image."""
    service_account: pulumi.Input[str]
    environment: Environment
    init_containers: Sequence[kubernetes.core.v1.ContainerArgs]
    ports: Mapping[str, int] = field(default_factory=dict[str, int])
    """The ports at which it answers, by name."""
    probes: Probes = field(default_factory=Probes)
    drain: Drain | None = None
    """How it ends; None for Kubernetes' own half minute."""
    placement: Placement | None = None
    """The node group that the pods are bound to; None for any nodes without a taint."""
    volume: VolumeConfig | None = None
    """The volume that the one pod has."""


def pod_template(args: PodArgs) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The template of pods of the restricted Pod Security Standard, with one container after its init containers.

    Requests equal limits (QoS class Guaranteed). Only `/tmp` and the directories that the settings name can be written.
    """
    labels = selector_labels(args.service)
    return kubernetes.core.v1.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=labels, annotations=pod_annotations(args.placement) or None),
        spec=_pod(
            args,
            termination_grace_period_seconds=args.drain.grace_seconds if args.drain else None,
            topology_spread_constraints=[_spread_over_zones(labels)],
            affinity=_rather_on_different_nodes(labels),
        ),
    )


def run_template(args: PodArgs) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The template of pods of a Job, alike but for what only pods need that stay."""
    return kubernetes.core.v1.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            labels=selector_labels(args.service), annotations={**NOT_TO_BE_MOVED, **pod_annotations(args.placement)}
        ),
        # Failed pods stay, and with them their logs.
        spec=_pod(args, restart_policy="Never"),
    )


def _pod(args: PodArgs, **more: Any) -> kubernetes.core.v1.PodSpecArgs:
    return kubernetes.core.v1.PodSpecArgs(
        service_account_name=args.service_account,
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=pod_security(writes_volumes=args.volume is not None),
        init_containers=[*args.init_containers, *sidecars(args.settings.sidecars)] or None,
        containers=[_container(args)],
        volumes=[*writable_volumes(args.settings.writable), *pod_volumes(args.service, args.volume)],
        priority_class_name=priority_class_name(args.settings),
        **pod_fields(args.placement),
        **more,
    )


def _container(args: PodArgs) -> kubernetes.core.v1.ContainerArgs:
    settings, drain = args.settings, args.drain
    environment = {**args.environment.variables, **settings.environment}
    sources = [
        kubernetes.core.v1.EnvFromSourceArgs(
            config_map_ref=kubernetes.core.v1.ConfigMapEnvSourceArgs(name=args.environment.config_map)
        )
    ]
    sources += [
        kubernetes.core.v1.EnvFromSourceArgs(secret_ref=kubernetes.core.v1.SecretEnvSourceArgs(name=secret))
        for secret in args.environment.secrets
    ]
    return kubernetes.core.v1.ContainerArgs(
        name=args.service,
        image=settings.image or PLACEHOLDER_IMAGE,
        command=list(settings.command if settings.image else []) or None,
        args=list(settings.arguments if settings.image else args.placeholder) or None,
        env=[kubernetes.core.v1.EnvVarArgs(name=key, value=value) for key, value in sorted(environment.items())],
        env_from=sources,
        ports=_ports(args.ports) or None,
        resources=guaranteed(settings.requests),
        startup_probe=args.probes.startup,
        readiness_probe=args.probes.readiness,
        liveness_probe=args.probes.liveness,
        lifecycle=_going_on(drain.pre_stop_seconds) if drain and drain.pre_stop_seconds else None,
        security_context=container_security(),
        volume_mounts=[*writable_mounts(settings.writable), *volume_mounts(args.volume)],
    )


def _ports(ports: Mapping[str, int]) -> list[kubernetes.core.v1.ContainerPortArgs]:
    return [
        kubernetes.core.v1.ContainerPortArgs(name=name, container_port=port, protocol="TCP")
        for name, port in ports.items()
    ]


def _going_on(seconds: int) -> kubernetes.core.v1.LifecycleArgs:
    return kubernetes.core.v1.LifecycleArgs(
        pre_stop=kubernetes.core.v1.LifecycleHandlerArgs(sleep=kubernetes.core.v1.SleepActionArgs(seconds=seconds))
    )


def _spread_over_zones(labels: Mapping[str, str]) -> kubernetes.core.v1.TopologySpreadConstraintArgs:
    return kubernetes.core.v1.TopologySpreadConstraintArgs(
        max_skew=1,
        topology_key="topology.kubernetes.io/zone",
        # Not at any price: the autoscaler does not know in which of a node group's zones the next node will be, and so
        # may leave a pod pending for ever for which only one of them would do (kubernetes/autoscaler#4848).
        when_unsatisfiable="ScheduleAnyway",
        label_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
        # Counts each revision for itself: a rollout ends as spread as it began.
        match_label_keys=["pod-template-hash"],
    )


def _rather_on_different_nodes(labels: Mapping[str, str]) -> kubernetes.core.v1.AffinityArgs:
    term = kubernetes.core.v1.PodAffinityTermArgs(
        topology_key="kubernetes.io/hostname",
        label_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
    )
    return kubernetes.core.v1.AffinityArgs(
        pod_anti_affinity=kubernetes.core.v1.PodAntiAffinityArgs(
            preferred_during_scheduling_ignored_during_execution=[
                kubernetes.core.v1.WeightedPodAffinityTermArgs(weight=100, pod_affinity_term=term)
            ]
        )
    )
