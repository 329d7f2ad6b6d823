"""Alerts about the shop's services, beyond the chart's own rules for nodes, volumes and workloads.

The load balancer's certificate is not in Prometheus: ACM renews it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from components.addons.parts import alert
from components.addons.shop_metrics import ERROR_RATIO, LATENCY_SECONDS, ShopMetrics


def shop_alerts(namespace: str, of_addons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rule groups of a PrometheusRule for the services in a namespace.

    Args:
        namespace: The shop's namespace.
        of_addons: Alerts that the add-ons raise about their work for the shop.
    """
    shop = ShopMetrics(namespace)
    scaled = shop.of("kube_horizontalpodautoscaler_status_current_replicas")
    least = shop.of("kube_horizontalpodautoscaler_spec_min_replicas")
    return [
        {
            "name": "openmarket.requests",
            "rules": [
                alert(
                    "ShopServerErrors",
                    f"{shop.error_ratio} > {ERROR_RATIO}",
                    "5m",
                    "critical",
                    f"{{{{ $labels.service }}}} answers more than {ERROR_RATIO:.0%} of its requests with 5xx",
                ),
                alert(
                    "ShopSlowRequests",
                    f"{shop.latency} > {LATENCY_SECONDS}",
                    "10m",
                    "warning",
                    f"one in 20 requests to {{{{ $labels.service }}}} takes longer than {LATENCY_SECONDS} s",
                ),
            ],
        },
        {
            "name": "openmarket.workloads",
            "rules": [
                alert(
                    "ShopPodsNotReady",
                    f"{shop.wanted} > {shop.available}",
                    "10m",
                    "critical",
                    "{{ $labels.deployment }} has had fewer ready pods than it wants for 10 minutes",
                ),
                alert(
                    "ShopAutoscalerAtLimit",
                    # An autoscaler that may not scale is always at its limit.
                    f"{scaled} >= {shop.most} and {shop.most} > {least}",
                    "15m",
                    "warning",
                    "{{ $labels.horizontalpodautoscaler }} cannot add pods: raise maxReplicas, or find the load",
                ),
                *of_addons,
            ],
        },
    ]
