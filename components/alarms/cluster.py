"""Alarms about the cluster, from Container Insights' metrics and logs: a stack without it has none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.alarms.definition import Alarm, Comparison, Metric, Severity, log_metrics

if TYPE_CHECKING:
    import pulumi

    from components.config.services import DeployedConfig

INSIGHTS = "ContainerInsights"
SYNC_FAILURES = "SecretSyncFailures"
SYNC_FAILURE_PATTERN = '"Reconciler error" "ExternalSecret"'
"""What the operator logs when a Secret cannot follow Secrets Manager: controller-runtime's message, and the kind."""
_RESTARTS = 3


@dataclass(frozen=True)
class Pods:
    """What the alarms about the cluster watch."""

    cluster_name: str
    namespace: pulumi.Input[str]
    """The shop's."""
    services: Mapping[str, DeployedConfig]
    least_nodes: int
    """The smallest number of nodes of all groups together."""
    most_nodes: int
    """The largest number of nodes of all groups together."""
    insights: pulumi.Resource
    """Container Insights, whose log group has what pods write."""

    @property
    def log_group(self) -> str:
        """The log group with what all pods write."""
        return f"/aws/containerinsights/{self.cluster_name}/application"


def alarms(pods: Pods) -> Iterator[Alarm]:
    """Metrics: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html

    The `PodName` of a Deployment's pods is the Deployment's.
    """
    cluster = {"ClusterName": pods.cluster_name}
    if pods.most_nodes > pods.least_nodes:  # a cluster that may not grow is always at its limit
        yield Alarm(
            "nodes-at-maximum",
            f"The cluster has all of the {pods.most_nodes} nodes that it may have: more load finds no place for pods.",
            Severity.WARNING,
            Metric(INSIGHTS, "cluster_node_count", "Minimum", cluster),
            Comparison.AT_LEAST,
            pods.most_nodes,
            3,
        )
    yield Alarm(
        "nodes-failed",
        "Nodes have a failed condition: their pods move to the others, as far as these have room.",
        Severity.WARNING,
        Metric(INSIGHTS, "cluster_failed_node_count", "Maximum", cluster),
        Comparison.ABOVE,
        0,
        2,
    )
    yield Alarm(
        "secret-not-synced",
        "A Secret of the cluster does not follow Secrets Manager: pods that start may lack credentials.",
        Severity.CRITICAL,
        # The operator tries again every seven minutes at the latest, so that a lasting failure is in each of these
        # periods: https://github.com/external-secrets/external-secrets/blob/main/pkg/controllers/common/common.go
        Metric(log_metrics(pods.cluster_name), SYNC_FAILURES, "Sum", {}, 600),
        Comparison.ABOVE,
        0,
        3,
    )
    for name, service in pods.services.items():
        yield from _service(name, service, {**cluster, "Namespace": pods.namespace, "PodName": name})


def _service(name: str, service: DeployedConfig, dimensions: Mapping[str, pulumi.Input[str]]) -> Iterator[Alarm]:
    yield Alarm(
        "pods-pending",
        f"Pods of {name} have not started for 15 minutes: no room, no image, no secret or no volume.",
        Severity.WARNING,
        Metric(INSIGHTS, "pod_status_pending", "Maximum", dimensions),
        Comparison.ABOVE,
        0,
        3,
        name,
    )
    yield Alarm(
        "pods-restarting",
        f"Containers of {name} restarted more than {_RESTARTS} times in 15 minutes: requests in them were lost.",
        Severity.WARNING,
        Metric(INSIGHTS, "pod_number_of_container_restarts", "Sum", dimensions, 900),
        Comparison.ABOVE,
        _RESTARTS,
        1,
        name,
    )
    if service.max_replicas > service.replicas:  # an autoscaler that may not scale is always at its limit
        yield Alarm(
            "pods-at-maximum",
            f"All {service.max_replicas} pods that {name} may have run for 15 minutes: more load makes it slower.",
            Severity.WARNING,
            Metric(INSIGHTS, "replicas_desired", "Minimum", dimensions),
            Comparison.AT_LEAST,
            service.max_replicas,
            3,
            name,
        )
