"""The autoscaler of services that are scaled by more than CPU and memory."""

from collections.abc import Mapping
from typing import Any

from components.addons.addon import Addon, Installation
from components.addons.parts import Chart, Metrics, Pods
from components.addons.scheduling import CRITICAL, DISRUPTION_BUDGET, resources, spread
from components.base.pods import Requests, demand

_OPERATOR_NAME = "keda-operator"
_SERVER_NAME = f"{_OPERATOR_NAME}-metrics-apiserver"
# The chart's own figures.
_REQUESTS, _MEMORY_LIMIT = Requests("100m", "100Mi"), "1000Mi"
_METRICS_PORT = 8080


class Keda(Addon):
    """KEDA, which makes a HorizontalPodAutoscaler of each ScaledObject and serves the metrics that it asks for.

    It is there exactly while a service needs it.
    """

    name = "keda"
    # https://github.com/kedacore/charts, keda/Chart.yaml at cbb9bb8 (2026-07-31).
    source = Chart("keda", "2.20.2", "https://kedacore.github.io/charts")
    metrics = Metrics(_OPERATOR_NAME, _METRICS_PORT)

    def __init__(self, replicas: int) -> None:
        """
        Args:
            replicas: Pods that serve metrics. Whoever asks the cluster for all of its APIs waits for one of them.
        """
        self._replicas = replicas

    def pods(self) -> Pods:
        return Pods(deployed=[demand(_REQUESTS)] * (1 + self._replicas))

    def values(self, installation: Installation) -> Mapping[str, Any]:
        usual = resources(_REQUESTS, _MEMORY_LIMIT)
        return {
            "clusterName": installation.cluster_name,
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
