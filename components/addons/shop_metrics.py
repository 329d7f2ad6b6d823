"""What Prometheus has about the shop, as expressions that alerts and the dashboard share.

Services that are scraped count requests by this convention:

- `http_requests_total`, a counter with the label `status`, the HTTP status code;
- `http_request_duration_seconds`, a histogram in seconds.

Metrics of Kubernetes objects are kube-state-metrics', those of containers the kubelets', those of nodes the node
exporter's.
"""

from dataclasses import dataclass

ERROR_RATIO = 0.05
"""Share of a service's requests that fail with 5xx, above which an alert is raised."""
LATENCY_SECONDS = 1.0
"""Seconds below which 95 % of a service's requests should stay."""


@dataclass(frozen=True)
class ShopMetrics:
    """Expressions about what is in the shop's namespace."""

    namespace: str

    def of(self, metric: str, more: str = "") -> str:
        """A metric of the namespace, with further labels."""
        return f'{metric}{{namespace="{self.namespace}"{f",{more}" if more else ""}}}'

    @property
    def requests(self) -> str:
        """Requests in a second, by service."""
        return f"sum by (service) (rate({self.of('http_requests_total')}[5m]))"

    @property
    def error_ratio(self) -> str:
        """The share of them that fails with 5xx."""
        failed = self.of("http_requests_total", 'status=~"5.."')
        return f"sum by (service) (rate({failed}[5m])) / {self.requests}"

    @property
    def latency(self) -> str:
        """Seconds in which 95 % of them are answered."""
        buckets = f"sum by (le, service) (rate({self.of('http_request_duration_seconds_bucket')}[5m]))"
        return f"histogram_quantile(0.95, {buckets})"

    @property
    def wanted(self) -> str:
        """Pods that each Deployment wants."""
        return self.of("kube_deployment_spec_replicas")

    @property
    def available(self) -> str:
        """Pods of each Deployment that are ready."""
        return self.of("kube_deployment_status_replicas_available")

    @property
    def most(self) -> str:
        """Pods that each HorizontalPodAutoscaler may make."""
        return self.of("kube_horizontalpodautoscaler_spec_max_replicas")
