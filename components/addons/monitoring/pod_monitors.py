"""Which pods of the add-ons Prometheus reads, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.addons.place import SYSTEM_NAMESPACE


@dataclass(frozen=True)
class AddonMetrics:
    """An add-on whose pods serve `/metrics`."""

    name: str
    """By which its chart labels pods, `app.kubernetes.io/name`."""
    port: int
    own_namespaces: bool = False
    """Its metrics have a label `namespace` of their own, which must not become the pod's."""


LOAD_BALANCER_CONTROLLER = AddonMetrics("aws-load-balancer-controller", 8080)
"""`metricsBindAddr` of the chart, by default."""
EXTERNAL_SECRETS = AddonMetrics("external-secrets", 8080, own_namespaces=True)
"""`metrics.listen.port` of the chart, by default."""
CLUSTER_AUTOSCALER = AddonMetrics("aws-cluster-autoscaler", 8085)
"""Its `--address` by default; its pods are labelled with the cloud's name before its own."""


def monitor(addon: AddonMetrics) -> dict[str, Any]:
    """The spec of a PodMonitor: by port number, as not every chart names its port."""
    return {
        "namespaceSelector": {"matchNames": [SYSTEM_NAMESPACE]},
        "selector": {"matchLabels": {"app.kubernetes.io/name": addon.name}},
        "podMetricsEndpoints": [
            {"portNumber": addon.port, "path": "/metrics", **({"honorLabels": True} if addon.own_namespaces else {})}
        ],
    }


def watched(cluster_autoscaler: bool) -> Sequence[AddonMetrics]:
    """The add-ons that run."""
    return (LOAD_BALANCER_CONTROLLER, EXTERNAL_SECRETS, *((CLUSTER_AUTOSCALER,) if cluster_autoscaler else ()))
