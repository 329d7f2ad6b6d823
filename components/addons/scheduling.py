"""Chart values that place an add-on's pods, and limit how many of them may be away at once."""

from collections.abc import Mapping
from typing import Any

from components.base.pods import Requests

CRITICAL = "system-cluster-critical"
"""Kubernetes' priority class for pods without which a cluster does not work."""

DISRUPTION_BUDGET: Mapping[str, Any] = {"maxUnavailable": 1}
"""A disruption budget that always lets one pod go, or nodes could not be drained."""


def spread(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Topology spread constraints that keep pods apart over zones and nodes, as far as nodes can take them."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def chart_labels(chart: str, release: str | None = None) -> dict[str, str]:
    """The labels by which charts select their pods, by convention; releases are named like their chart here."""
    return {"app.kubernetes.io/name": chart, "app.kubernetes.io/instance": release or chart}


def resources(requests: Requests, memory_limit: str) -> dict[str, Any]:
    """Requests and a memory limit; without one for CPU, which would only slow down what others wait for."""
    return {"requests": {"cpu": requests.cpu, "memory": requests.memory}, "limits": {"memory": memory_limit}}
