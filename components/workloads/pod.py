"""The pods of a web service: hardened, spread, and given time to leave."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.config import ServiceConfig
from components.workloads.drain import Drain

_USER = 1000
"""Any id but root's: the images own no files that must be written."""


def selector_labels(name: str) -> dict[str, str]:
    """The labels by which Services, Deployments and budgets find a service's pods."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "openmarket"}


def pod_template(
    name: str,
    settings: ServiceConfig,
    image: str,
    arguments: Sequence[str],
    service_account: pulumi.Input[str],
) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """Pods of the restricted Pod Security Standard with one container.

    Requests equal limits (QoS class Guaranteed). Only `/tmp` can be written.
    """
    labels = selector_labels(name)
    return kubernetes.core.v1.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=labels),
        spec=kubernetes.core.v1.PodSpecArgs(
            service_account_name=service_account,
            automount_service_account_token=False,
            enable_service_links=False,
            termination_grace_period_seconds=Drain(settings.drain_seconds).grace_seconds,
            security_context=kubernetes.core.v1.PodSecurityContextArgs(
                run_as_non_root=True,
                run_as_user=_USER,
                run_as_group=_USER,
                seccomp_profile=kubernetes.core.v1.SeccompProfileArgs(type="RuntimeDefault"),
            ),
            topology_spread_constraints=[_spread_over_zones(labels)],
            affinity=_rather_on_different_nodes(labels),
            containers=[_container(name, settings, image, arguments)],
            volumes=[
                kubernetes.core.v1.VolumeArgs(name="tmp", empty_dir=kubernetes.core.v1.EmptyDirVolumeSourceArgs())
            ],
        ),
    )


def _container(
    name: str, settings: ServiceConfig, image: str, arguments: Sequence[str]
) -> kubernetes.core.v1.ContainerArgs:
    resources = {"cpu": settings.cpu, "memory": settings.memory}
    environment: Mapping[str, str] = {"PORT": str(settings.port), **settings.environment}
    return kubernetes.core.v1.ContainerArgs(
        name=name,
        image=image,
        args=list(arguments) or None,
        env=[kubernetes.core.v1.EnvVarArgs(name=key, value=value) for key, value in sorted(environment.items())],
        ports=[kubernetes.core.v1.ContainerPortArgs(name="http", container_port=settings.port, protocol="TCP")],
        resources=kubernetes.core.v1.ResourceRequirementsArgs(requests=resources, limits=resources),
        startup_probe=_probe(settings, period_seconds=5, failure_threshold=30),
        readiness_probe=_probe(settings, period_seconds=5, failure_threshold=3),
        liveness_probe=_probe(settings, period_seconds=10, failure_threshold=6),
        lifecycle=kubernetes.core.v1.LifecycleArgs(
            pre_stop=kubernetes.core.v1.LifecycleHandlerArgs(
                sleep=kubernetes.core.v1.SleepActionArgs(seconds=Drain(settings.drain_seconds).pre_stop_seconds)
            )
        ),
        security_context=kubernetes.core.v1.SecurityContextArgs(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=kubernetes.core.v1.CapabilitiesArgs(drop=["ALL"]),
        ),
        volume_mounts=[kubernetes.core.v1.VolumeMountArgs(name="tmp", mount_path="/tmp")],  # noqa: S108
    )


def _probe(settings: ServiceConfig, period_seconds: int, failure_threshold: int) -> kubernetes.core.v1.ProbeArgs:
    return kubernetes.core.v1.ProbeArgs(
        http_get=kubernetes.core.v1.HTTPGetActionArgs(path=settings.health_path, port="http"),
        period_seconds=period_seconds,
        timeout_seconds=3,
        failure_threshold=failure_threshold,
    )


def _spread_over_zones(labels: Mapping[str, str]) -> kubernetes.core.v1.TopologySpreadConstraintArgs:
    return kubernetes.core.v1.TopologySpreadConstraintArgs(
        max_skew=1,
        topology_key="topology.kubernetes.io/zone",
        when_unsatisfiable="DoNotSchedule",
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
