"""What Prometheus raises the alarm about, beyond the chart's own rules for nodes, volumes and workloads.

Services that are scraped count requests by this convention:

- `http_requests_total`, a counter with the label `status`, the HTTP status code;
- `http_request_duration_seconds`, a histogram in seconds.

The operator of External Secrets documents its metrics at https://external-secrets.io/latest/api/metrics/, those of
Kubernetes objects are kube-state-metrics'. The load balancer's certificate is not in Prometheus: ACM renews it.
"""

from typing import Any

ERROR_RATIO = 0.05
"""Of a service's requests that fail with 5xx."""
LATENCY_SECONDS = 1.0
"""That 95 % of a service's requests stay below."""


def shop_alerts(namespace: str) -> list[dict[str, Any]]:
    """Rule groups, as a PrometheusRule has them, for the services in a namespace."""
    here = f'namespace="{namespace}"'
    requests = f"sum by (service) (rate(http_requests_total{{{here}}}[5m]))"
    failed = f'sum by (service) (rate(http_requests_total{{{here},status=~"5.."}}[5m]))'
    buckets = f"sum by (le, service) (rate(http_request_duration_seconds_bucket{{{here}}}[5m]))"
    wanted = f"kube_deployment_spec_replicas{{{here}}}"
    available = f"kube_deployment_status_replicas_available{{{here}}}"
    scaled = f"kube_horizontalpodautoscaler_status_current_replicas{{{here}}}"
    limit = f"kube_horizontalpodautoscaler_spec_max_replicas{{{here}}}"
    unsynced = f'externalsecret_status_condition{{{here},condition="Ready",status="False"}}'
    return [
        {
            "name": "openmarket.requests",
            "rules": [
                _alert(
                    "ShopServerErrors",
                    f"{failed} / {requests} > {ERROR_RATIO}",
                    "5m",
                    "critical",
                    f"{{{{ $labels.service }}}} answers more than {ERROR_RATIO:.0%} of its requests with 5xx",
                ),
                _alert(
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
                _alert(
                    "ShopPodsNotReady",
                    f"{wanted} > {available}",
                    "10m",
                    "critical",
                    "{{ $labels.deployment }} has had fewer ready pods than it wants for 10 minutes",
                ),
                _alert(
                    "ShopAutoscalerAtLimit",
                    f"{scaled} >= {limit}",
                    "15m",
                    "warning",
                    "{{ $labels.horizontalpodautoscaler }} cannot add pods: raise maxReplicas, or find the load",
                ),
                _alert(
                    "ShopSecretNotSynced",
                    f"{unsynced} == 1",
                    "15m",
                    "critical",
                    "{{ $labels.name }} does not follow Secrets Manager: pods that start may lack credentials",
                ),
            ],
        },
    ]


def _alert(name: str, expression: str, lasting: str, severity: str, summary: str) -> dict[str, Any]:
    return {
        "alert": name,
        "expr": expression,
        "for": lasting,
        "labels": {"severity": severity},
        "annotations": {"summary": summary},
    }
