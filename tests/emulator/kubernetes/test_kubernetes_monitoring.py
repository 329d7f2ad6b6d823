"""kube-prometheus-stack and VPA: what follows from their values."""

from typing import Any

import pytest

from emulator.kubernetes import charts
from emulator.kubernetes.charts.chart import Rendering, merged
from emulator.kubernetes.controllers.prometheus_operator import stateful_set


def render(name: str, values: dict[str, Any], release: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    chart = charts.CHARTS[name]
    assert chart.problems(values) == []
    rendering = Rendering(release or name, "monitoring", "v1", merged(chart.defaults, values), "", "")
    return {(each["kind"], each["metadata"]["name"]): each for each in chart.render(rendering)}


def custom(**specification: Any) -> dict[str, Any]:
    objects = render("kube-prometheus-stack", {"prometheus": {"prometheusSpec": specification}})
    prometheus = objects["Prometheus", "kube-prometheus-stack-prometheus"]
    prometheus["metadata"] |= {"uid": "u", "generation": 3}
    return prometheus


def test_storage_becomes_a_claim_that_goes_as_the_policy_says() -> None:
    claim = {"spec": {"storageClassName": "gp3", "resources": {"requests": {"storage": "20Gi"}}}}
    policy = {"whenDeleted": "Delete", "whenScaled": "Retain"}
    made = stateful_set(
        custom(storageSpec={"volumeClaimTemplate": claim}, persistentVolumeClaimRetentionPolicy=policy, replicas=2)
    )
    assert made["metadata"]["name"] == "prometheus-kube-prometheus-stack-prometheus"
    assert made["metadata"]["ownerReferences"][0]["uid"] == "u"
    assert made["spec"]["volumeClaimTemplates"][0]["spec"] == claim["spec"]
    assert made["spec"]["persistentVolumeClaimRetentionPolicy"] == policy
    assert made["spec"]["replicas"] == 2
    assert "volumes" not in made["spec"]["template"]["spec"]


def test_without_storage_the_data_is_lost_with_the_pod() -> None:
    made = stateful_set(custom())
    assert made["spec"]["volumeClaimTemplates"] == []
    assert made["spec"]["template"]["spec"]["volumes"][0]["emptyDir"] == {}


def test_monitors_of_other_releases_are_selected_only_if_asked() -> None:
    narrow, wide = custom()["spec"], custom(serviceMonitorSelectorNilUsesHelmValues=False)["spec"]
    assert narrow["serviceMonitorSelector"] == {"matchLabels": {"release": "kube-prometheus-stack"}}
    assert wide["serviceMonitorSelector"] == {}
    assert not any("NilUses" in key for key in wide)


def test_grafana_reads_the_secret_that_it_is_told() -> None:
    admin = {"existingSecret": "grafana-admin", "passwordKey": "password"}
    objects = render("kube-prometheus-stack", {"grafana": {"admin": admin, "persistence": {"enabled": True}}}, "shop")
    (container,) = objects["Deployment", "shop-grafana"]["spec"]["template"]["spec"]["containers"]
    assert container["env"][0]["valueFrom"]["secretKeyRef"] == {"name": "grafana-admin", "key": "password"}
    assert ("PersistentVolumeClaim", "shop-grafana") in objects
    assert ("Secret", "shop-grafana") not in objects
    assert ("Secret", "shop-grafana") in render("kube-prometheus-stack", {}, "shop")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"alertmanager": {"enabled": False}}, "Alertmanager"),
        ({"prometheus": {"enabled": False}}, "Prometheus"),
        ({"nodeExporter": {"enabled": False}}, "DaemonSet"),
    ],
)
def test_parts_can_be_left_out(values: dict[str, Any], kind: str) -> None:
    assert kind in {kind for kind, _ in render("kube-prometheus-stack", {})}
    assert kind not in {kind for kind, _ in render("kube-prometheus-stack", values)}


def test_vpa_runs_what_is_enabled() -> None:
    values = {"updater": {"enabled": False}, "admissionController": {"enabled": False}}
    assert {name for kind, name in render("vertical-pod-autoscaler", values) if kind == "Deployment"} == {
        "vertical-pod-autoscaler-recommender"
    }


def test_monitoring_definitions_are_those_of_the_operator() -> None:
    names = {each["metadata"]["name"] for each in charts.CHARTS["kube-prometheus-stack"].crds}
    assert {
        "alertmanagers.monitoring.coreos.com",
        "prometheuses.monitoring.coreos.com",
        "prometheusrules.monitoring.coreos.com",
        "servicemonitors.monitoring.coreos.com",
        "scrapeconfigs.monitoring.coreos.com",
    } <= names


@pytest.mark.parametrize("part", ["grafana", "kube-state-metrics", "prometheus-node-exporter"])
def test_values_of_charts_inside_are_checked(part: str) -> None:
    problems = charts.CHARTS["kube-prometheus-stack"].problems({part: {"resources": {}, "resource": {}}})
    assert problems == [f"values.{part}.resource: the chart kube-prometheus-stack has no such value"]
