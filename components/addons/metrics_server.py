"""The metrics on which pod autoscalers decide, and which `kubectl top` shows."""

from collections.abc import Mapping
from typing import Any

from components.addons.addon import Addon, Installation
from components.addons.parts import EksAddon, Pods
from components.addons.scheduling import DISRUPTION_BUDGET, chart_labels, spread
from components.base.pods import Requests, demand

_ADDON = "metrics-server"
_REQUESTS = Requests("100m", "200Mi")  # by the manifest of the EKS add-on


class MetricsServer(Addon):
    """The EKS add-on `metrics-server`, which needs nothing of AWS."""

    name = "metrics-server"
    source = EksAddon(_ADDON)

    def __init__(self, replicas: int) -> None:
        self._replicas = replicas

    def pods(self) -> Pods:
        return Pods(deployed=[demand(_REQUESTS)] * self._replicas)

    def values(self, installation: Installation) -> Mapping[str, Any]:
        return {
            "replicas": self._replicas,
            "podDisruptionBudget": {"enabled": True, **DISRUPTION_BUDGET},
            "topologySpreadConstraints": spread(chart_labels(_ADDON)),
        }
