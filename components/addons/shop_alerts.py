"""Alerts about the shop's services, beyond the chart's own rules for nodes, volumes and workloads.

Services that are scraped count requests by this convention:

- `http_requests_total`, a counter with the label `status`, the HTTP status code;
- `http_request_duration_seconds`, a histogram in seconds.

Metrics of Kubernetes objects are kube-state-metrics'. The load balancer's certificate is not in Prometheus: ACM renews
it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from components.addons.parts import alert

ERROR_RATIO = 0.05
"""Share of a service's requests that fail with 5xx, above which an alert is raised."""
LATENCY_SECONDS = 1.0
"""Seconds below which 95 % of a service's requests should stay."""


def shop_alerts(namespace: str, of_addons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rule groups of a PrometheusRule for the services in a namespace.

    Args:
        namespace: The shop's namespace.
        of_addons: Alerts that the add-ons raise about their work for the shop.
    """
    here = f'namespace="{namespace}"'
    requests = f"sum by (service) (rate(http_requests_total{{{here}}}[5m]))"
    failed = f'sum by (service) (rate(http_requests_total{{{here},status=~"5.."}}[5m]))'
    buckets = f"sum by (le, service) (rate(http_request_duration_seconds_bucket{{{here}}}[5m]))"
    wanted = f"kube_deployment_spec_replicas{{{here}}}"
    available = f"kube_deployment_status_replicas_available{{{here}}}"
    scaled = f"kube_horizontalpodautoscaler_status_current_replicas{{{here}}}"
    limit = f"kube_horizontalpodautoscaler_spec_max_replicas{{{here}}}"
    least = f"kube_horizontalpodautoscaler_spec_min_replicas{{{here}}}"
    return [
        {
            "name": "openmarket.requests",
            "rules": [
                alert(
                    "ShopServerErrors",
                    f"{failed} / {requests} > {ERROR_RATIO}",
                    "5m",
                    "critical",
                    f"{{{{ $labels.service }}}} answers more than {ERROR_RATIO:.0%} of its requests with 5xx",
                ),
                alert(
                    "ShopSlowRequests",
                    f"histogram_quantile(0.95, {buckets}) > {LATENCY_SECONDS}",
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
                    f"{wanted} > {available}",
                    "10m",
                    "critical",
                    "{{ $labels.deployment }} has had fewer ready pods than it wants for 10 minutes",
                ),
                alert(
                    "ShopAutoscalerAtLimit",
                    # An autoscaler that may not scale is always at its limit.
                    f"{scaled} >= {limit} and {limit} > {least}",
                    "15m",
                    "warning",
                    "{{ $labels.horizontalpodautoscaler }} cannot add pods: raise maxReplicas, or find the load",
                ),
                *of_addons,
            ],
        },
    ]
