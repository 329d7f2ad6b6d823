"""The autoscaler of services that are scaled by more than CPU and memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from components.addons.addon import Addon, Installation
from components.addons.parts import Chart, Metrics, Pods, ServiceAccount
from components.addons.scheduling import CRITICAL, DISRUPTION_BUDGET, resources, spread
from components.base.pods import Requests, demand
from components.iam.grants import AnyGrant, Grant
from components.iam.permissions import document

if TYPE_CHECKING:
    import pulumi

AWS_IDENTITY = "aws"
"""The ClusterTriggerAuthentication of triggers that ask AWS, with the operator's own role."""
_OPERATOR_NAME = "keda-operator"
_SERVER_NAME = f"{_OPERATOR_NAME}-metrics-apiserver"
# The chart's own figures.
_REQUESTS, _MEMORY_LIMIT = Requests("100m", "100Mi"), "1000Mi"
_METRICS_PORT = 8080


class Keda(Addon):
    """KEDA, which makes a HorizontalPodAutoscaler of each ScaledObject and serves the metrics that it asks for.

    It is there exactly while a service needs it, and its role may ask AWS for what services are scaled by. The role is
    there in any case, as a pod gets its role only at its start.
    """

    name = "keda"
    # https://github.com/kedacore/charts, keda/Chart.yaml at cbb9bb8 (2026-07-31).
    source = Chart("keda", "2.20.2", "https://kedacore.github.io/charts")
    service_account = ServiceAccount(_OPERATOR_NAME)
    metrics = Metrics(_OPERATOR_NAME, _METRICS_PORT)

    def __init__(self, replicas: int, *, metrics: bool = False, queue_arns: Sequence[str] = ()) -> None:
        """
        Args:
            replicas: Pods that serve metrics. Whoever asks the cluster for all of its APIs waits for one of them.
            metrics: True if a service is scaled by a metric of CloudWatch.
            queue_arns: Queues by whose length services are scaled.
        """
        self._replicas = replicas
        self._metrics = metrics
        self._queue_arns = queue_arns

    def pods(self) -> Pods:
        return Pods(deployed=[demand(_REQUESTS)] * (1 + self._replicas))

    def grants(self, installation: Installation) -> Sequence[AnyGrant]:
        grants: list[AnyGrant] = []
        if self._metrics:
            # CloudWatch knows no permission for single metrics.
            reading = {"Effect": "Allow", "Action": "cloudwatch:GetMetricData", "Resource": "*"}
            grants.append(Grant("metrics", document(reading)))
        if self._queue_arns:
            counting = {"Effect": "Allow", "Action": "sqs:GetQueueAttributes", "Resource": list(self._queue_arns)}
            grants.append(Grant("queues", document(counting)))
        return grants

    def values(self, installation: Installation) -> Mapping[str, Any]:
        usual = resources(_REQUESTS, _MEMORY_LIMIT)
        return {
            "clusterName": installation.cluster_name,
            "serviceAccount": {"operator": installation.account_values()},
            # They refuse what the configuration has refused before the first resource.
            "webhooks": {"enabled": False},
            # Nothing waits for the operator: while it is away, services keep their pods.
            "operator": {"replicaCount": 1},
            "metricsServer": {"replicaCount": self._replicas},
            "podDisruptionBudget": {"operator": dict(DISRUPTION_BUDGET), "metricServer": dict(DISRUPTION_BUDGET)},
            "topologySpreadConstraints": {"metricsServer": spread({"app": _SERVER_NAME})},
            "priorityClassName": CRITICAL,
            "resources": {"operator": usual, "metricServer": usual},
            # It scales Deployments, and reads no Secrets but its own.
            "rbac": {"enabledCustomScaledRefKinds": False},
            "permissions": {part: {"restrict": {"secret": True}} for part in ("operator", "metricServer")},
            "prometheus": {"operator": {"enabled": True, "port": _METRICS_PORT}},
        }

    def after(self, installation: Installation, installed: pulumi.Resource) -> pulumi.Resource:
        """Creates the ClusterTriggerAuthentication."""
        import pulumi_kubernetes as kubernetes

        return kubernetes.apiextensions.CustomResource(
            f"{installation.name}-{AWS_IDENTITY}",
            api_version="keda.sh/v1alpha1",
            kind="ClusterTriggerAuthentication",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=AWS_IDENTITY),
            spec={"podIdentity": {"provider": "aws"}},
            opts=installation.child(installed),
        )
