"""Parts of an add-on's definition: charts, service accounts, pods, metrics, alerts and the services that it watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from components.base.pods import Demand

if TYPE_CHECKING:
    import pulumi

SYSTEM_NAMESPACE = "kube-system"


@dataclass(frozen=True)
class Chart:
    """A Helm chart: its version, and the repository that it comes from unless the configuration names another."""

    name: str
    version: str
    repository: str
    definitions: Sequence[str] = ()
    """The custom resource definitions in its folder `crds`, by name: what Helm does not upgrade."""
    values_for_definitions: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Values without which the chart is not rendered, and those that spare what else is in it."""


@dataclass(frozen=True)
class EksAddon:
    """An add-on that EKS manages, by its name there."""

    name: str


@dataclass(frozen=True)
class ServiceAccount:
    """The service account of an add-on's pods that takes the add-on's role."""

    name: str
    namespace: str = SYSTEM_NAMESPACE


@dataclass(frozen=True)
class Pods:
    """The pods that an add-on brings, each with what it requests of a node."""

    per_node: Sequence[Demand] = ()
    """Pods of DaemonSets."""
    deployed: Sequence[Demand] = ()
    """All other pods."""


@dataclass(frozen=True)
class Metrics:
    """The endpoint at which the add-on's pods serve metrics for Prometheus, with the path `/metrics`."""

    label: str
    """The value of the pods' label `app.kubernetes.io/name`."""
    port: int
    own_namespaces: bool = False
    """True if the metrics have a label `namespace` of their own, which must not become the pod's."""


@dataclass(frozen=True)
class WatchedService:
    """A service of the shop, for which an add-on may create objects."""

    resource_name: str
    """The beginning of resource names."""
    name: str
    namespace: pulumi.Input[str]
    labels: Mapping[str, str]
    """The labels of its pods."""
    metrics_path: str
    """The path of its Prometheus metrics; empty if it has none."""


def alert(name: str, expression: str, lasting: str, severity: str, summary: str) -> dict[str, Any]:
    """An alerting rule of Prometheus.

    Args:
        name: The alert's name.
        expression: PromQL; the alert is on while it has a result.
        lasting: For how long it must have one, such as `5m`.
        severity: `critical` or `warning`.
        summary: A sentence for people; may use `{{ $labels.<name> }}`.
    """
    return {
        "alert": name,
        "expr": expression,
        "for": lasting,
        "labels": {"severity": severity},
        "annotations": {"summary": summary},
    }
