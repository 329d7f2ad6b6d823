"""The pods of a web service: hardened, spread over zones, and drained before they end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import pulumi
import pulumi_kubernetes as kubernetes

from components.config import WebConfig
from components.workloads.drain import Drain
from components.workloads.hardening import (
    container_security,
    guaranteed,
    pod_security,
    writable_mounts,
    writable_volumes,
)


def selector_labels(name: str) -> dict[str, str]:
    """The labels by which Services, Deployments and budgets find a service's pods."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "openmarket"}


@dataclass(frozen=True)
class Environment:
    """The sources of a container's environment."""

    variables: Mapping[str, str]
    """Variables besides those of the service's settings, which win."""
    config_map: pulumi.Input[str]
    """A ConfigMap whose values are variables."""
    secrets: Sequence[pulumi.Input[str]]
    """Secrets whose values are variables. Where a name carries a version, another version is another rollout."""


@dataclass(frozen=True)
class PodArgs:
    """Inputs of `pod_template`."""

    service: str
    settings: WebConfig
    image: str
    arguments: Sequence[str]
    """Arguments of the image's entrypoint; empty for the image's own."""
    command: Sequence[str]
    """A command in place of the image's entrypoint; empty for the image's own."""
    service_account: pulumi.Input[str]
    environment: Environment
    init_containers: Sequence[kubernetes.core.v1.ContainerArgs]


def pod_template(args: PodArgs) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The template of pods of the restricted Pod Security Standard, with one container after its init containers.

    Requests equal limits (QoS class Guaranteed). Only `/tmp` and the directories that the settings name can be written.
    """
    labels = selector_labels(args.service)
    return kubernetes.core.v1.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=labels),
        spec=kubernetes.core.v1.PodSpecArgs(
            service_account_name=args.service_account,
            automount_service_account_token=False,
            enable_service_links=False,
            termination_grace_period_seconds=Drain(args.settings.drain_seconds).grace_seconds,
            security_context=pod_security(),
            topology_spread_constraints=[_spread_over_zones(labels)],
            affinity=_rather_on_different_nodes(labels),
            init_containers=list(args.init_containers) or None,
            containers=[_container(args)],
            volumes=writable_volumes(args.settings.writable),
        ),
    )


def _container(args: PodArgs) -> kubernetes.core.v1.ContainerArgs:
    settings = args.settings
    environment = {"PORT": str(settings.port), **args.environment.variables, **settings.environment}
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
        image=args.image,
        command=list(args.command) or None,
        args=list(args.arguments) or None,
        env=[kubernetes.core.v1.EnvVarArgs(name=key, value=value) for key, value in sorted(environment.items())],
        env_from=sources,
        ports=[kubernetes.core.v1.ContainerPortArgs(name="http", container_port=settings.port, protocol="TCP")],
        resources=guaranteed(settings.cpu, settings.memory),
        startup_probe=_probe(settings.health.startup, 5, failure_threshold=ceil(settings.startup_seconds / 5)),
        readiness_probe=_probe(settings.health.readiness, period_seconds=5, failure_threshold=3),
        liveness_probe=_probe(settings.health.liveness, period_seconds=10, failure_threshold=6),
        lifecycle=kubernetes.core.v1.LifecycleArgs(
            pre_stop=kubernetes.core.v1.LifecycleHandlerArgs(
                sleep=kubernetes.core.v1.SleepActionArgs(seconds=Drain(settings.drain_seconds).pre_stop_seconds)
            )
        ),
        security_context=container_security(),
        volume_mounts=writable_mounts(settings.writable),
    )


def _probe(path: str, period_seconds: int, failure_threshold: int) -> kubernetes.core.v1.ProbeArgs:
    return kubernetes.core.v1.ProbeArgs(
        http_get=kubernetes.core.v1.HTTPGetActionArgs(path=path, port="http"),
        period_seconds=period_seconds,
        timeout_seconds=3,
        failure_threshold=failure_threshold,
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
