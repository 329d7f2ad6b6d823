"""Grafana's dashboard: one screen of what Prometheus has, which the sidecar finds."""

import json
import re
from typing import Any

import pytest
import yaml

from components.addons.shop_dashboard import LABEL
from tests.components.program import PROJECT, Deployed

CONFIG_MAP = "addons-prometheus-dashboard"
SOURCES = ("http_requests_total", "http_request_duration_seconds_", "kube_", "container_", "node_", "ALERTS")
"""Beginnings of the metrics of services, kube-state-metrics, kubelets, the node exporter, and Prometheus itself."""


@pytest.fixture
def dashboard(prod: Deployed) -> dict[str, Any]:
    (text,) = prod.one("core/v1:ConfigMap", CONFIG_MAP).inputs["data"].values()
    return json.loads(text)


def test_the_sidecar_finds_it_by_the_label_in_the_charts_values(prod: Deployed) -> None:
    values = yaml.safe_load((PROJECT / "emulator/charts/kube-prometheus-stack/values.yaml").read_text())
    sidecar = values["grafana"]["sidecar"]["dashboards"]
    assert {sidecar["label"]: sidecar["labelValue"]} == LABEL
    metadata = prod.one("core/v1:ConfigMap", CONFIG_MAP).inputs["metadata"]
    assert metadata["labels"] == LABEL
    assert metadata["namespace"] == "monitoring"
    assert "addons-prometheus-release" in prod.dependencies(CONFIG_MAP)


def test_no_panel_lies_on_another_or_beside_the_screen(dashboard: dict[str, Any]) -> None:
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    cells = [(x, y) for each in places for x in range(each["x"], each["x"] + each["w"]) for y in (each["y"],)]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(places)


def test_every_expression_is_of_metrics_that_prometheus_has(dashboard: dict[str, Any]) -> None:
    for panel in dashboard["panels"]:
        assert panel["datasource"]["uid"] == "prometheus"
        for target in panel["targets"]:
            expression = target["expr"]
            assert expression.count("(") == expression.count(")")
            words = re.findall(r"\b[a-zA-Z]+_[a-z_A-Z]+\b(?=[{ ]|$)|ALERTS", re.sub(r"by \(.*?\)", "", expression))
            metrics = [word for word in words if word != "histogram_quantile"]
            assert metrics
            assert all(metric.startswith(SOURCES) for metric in metrics), metrics
            if not {"node_", "kube_node_", "ALERTS"} & {
                name for name in (*SOURCES, "kube_node_") if name in expression
            }:
                assert 'namespace="openmarket-prod"' in expression, "of another stack's or the system's pods"


def test_what_customers_notice_first_comes_first_with_the_limits_of_the_alerts(
    dashboard: dict[str, Any], prod: Deployed
) -> None:
    first = dashboard["panels"][:3]
    assert [panel["title"].partition(",")[0] for panel in first] == [
        "Requests in a second", "Errors", "Latency of 95 % of requests",
    ]  # fmt: skip
    rules = {
        rule["alert"]: rule["expr"]
        for group in prod.one("monitoring.coreos.com/v1:PrometheusRule").inputs["spec"]["groups"]
        for rule in group["rules"]
    }
    for panel, alert, scale in ((first[1], "ShopServerErrors", 100), (first[2], "ShopSlowRequests", 1)):
        expression, _, limit = rules[alert].rpartition(" > ")
        assert panel["targets"][0]["expr"].endswith(expression)
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == scale * float(limit)


def test_it_leads_to_what_only_cloudwatch_has(dashboard: dict[str, Any], prod: Deployed) -> None:
    name = prod.one("cloudwatch/dashboard:Dashboard").inputs["dashboardName"]
    assert dashboard["links"][0]["url"].endswith(f"#dashboards/dashboard/{name}")
