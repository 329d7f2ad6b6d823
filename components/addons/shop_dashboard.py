"""Grafana's dashboard of the shop: requests, errors, latency and saturation on one screen, of what Prometheus has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from components.addons.shop_metrics import ERROR_RATIO, LATENCY_SECONDS, ShopMetrics

LABEL = {"grafana_dashboard": "1"}
"""By this label of the chart's, Grafana's sidecar finds the ConfigMaps with dashboards."""
_SOURCE = {"type": "prometheus", "uid": "prometheus"}
"""The chart's own data source."""
_COLUMNS, _WIDTH, _HEIGHT = 24, 8, 7


@dataclass(frozen=True)
class _Panel:
    """A graph. `lines` are expressions with their legends; `limit` is drawn as a line, at and above 0."""

    title: str
    lines: Sequence[tuple[str, str]]
    limit: float | None = None


def shop_dashboard(namespace: str, region: str) -> dict[str, Any]:
    """The dashboard as Grafana keeps it, with a link to CloudWatch's, which has database, cache, network and money.

    Args:
        namespace: The shop's, which CloudWatch's dashboard is called by as well.
        region: Of AWS.
    """
    console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
    link = {"title": "Database, cache, network, money: CloudWatch", "type": "link", "targetBlank": True}
    in_a_row = _COLUMNS // _WIDTH
    return {
        "uid": namespace,
        "title": namespace,
        "schemaVersion": 39,
        "editable": False,
        "refresh": "1m",
        "time": {"from": "now-3h", "to": "now"},
        "links": [{**link, "url": f"{console}#dashboards/dashboard/{namespace}"}],
        "panels": [
            _drawn(panel, number, {"x": number % in_a_row * _WIDTH, "y": number // in_a_row * _HEIGHT})
            for number, panel in enumerate(_panels(ShopMetrics(namespace)))
        ],
    }


def _panels(shop: ShopMetrics) -> Iterator[_Panel]:
    """The graphs, in the order of how soon customers notice."""
    yield _Panel("Requests in a second", [(shop.requests, "{{service}}")])
    yield _Panel("Errors, % of requests", [(f"100 * {shop.error_ratio}", "{{service}}")], 100 * ERROR_RATIO)
    yield _Panel("Latency of 95 % of requests, s", [(shop.latency, "{{service}}")], LATENCY_SECONDS)
    on = 'ALERTS{alertstate="firing",severity=~"critical|warning"}'  # others, such as Watchdog, are always on
    yield _Panel("Alerts that are on", [(f"sum by (alertname) ({on})", "{{alertname}}")])
    pods = [(shop.available, "{{deployment}}: ready"), (shop.most, "{{horizontalpodautoscaler}}: at most")]
    yield _Panel("Pods", pods)
    restarts = shop.of("kube_pod_container_status_restarts_total")
    yield _Panel("Restarts in an hour", [(f"sum by (container) (increase({restarts}[1h]))", "{{container}}")])
    yield _Panel("Runs that failed", [(shop.of("kube_job_status_failed"), "{{job_name}}")])
    used = shop.of("container_cpu_usage_seconds_total", 'container!=""')
    requested = shop.of("kube_pod_container_resource_requests", 'resource="cpu"')
    cpu = f"100 * sum by (container) (rate({used}[5m])) / sum by (container) ({requested})"
    yield _Panel("CPU, % of what pods request", [(cpu, "{{container}}")])
    filled = shop.of("container_memory_working_set_bytes", 'container!=""')
    allowed = shop.of("kube_pod_container_resource_limits", 'resource="memory"')
    memory = f"100 * sum by (container) ({filled}) / sum by (container) ({allowed})"
    yield _Panel("Memory, % of what pods may use", [(memory, "{{container}}")], 100)
    ready = 'sum(kube_node_status_condition{condition="Ready",status="true"})'
    yield _Panel("Nodes that are ready", [(ready, "nodes")])
    idle = 'avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))'
    yield _Panel("Nodes: CPU, %", [(f"100 * (1 - {idle})", "{{instance}}")], 100)
    free = "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"
    yield _Panel("Nodes: memory, %", [(f"100 * (1 - {free})", "{{instance}}")], 100)


def _drawn(panel: _Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    shown: dict[str, Any] = {"min": 0}
    if panel.limit is not None:
        steps.append({"color": "red", "value": panel.limit})
        shown["custom"] = {"thresholdsStyle": {"mode": "line"}}
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": {**place, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {**shown, "thresholds": {"mode": "absolute", "steps": steps}}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": _SOURCE, "expr": expression, "legendFormat": legend}
            for index, (expression, legend) in enumerate(panel.lines)
        ],
    }
