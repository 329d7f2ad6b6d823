"""The emulator's own charts, as far as their files tell: what they render is in the tests of the real engine."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from cfnlint.jsonschema import StandardValidator

from components.addons import catalogue
from components.addons.parts import Chart
from emulator.chart_repository import CHARTS

PINS = {addon.source.name: addon.source.version for addon in catalogue.ALL if isinstance(addon.source, Chart)}
OF_OTHERS = ["grafana", "kube-state-metrics", "prometheus-node-exporter"]
"""Charts of their own elsewhere, inside kube-prometheus-stack."""


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def schema(chart: str) -> dict[str, Any]:
    return json.loads((CHARTS / chart / "values.schema.json").read_text())


def refused(chart: str, values: dict[str, Any]) -> list[str]:
    """Dotted paths of the values that the chart does not take."""
    return [".".join(map(str, error.path)) for error in StandardValidator(schema(chart)).iter_errors(values)]


def nested(path: str, value: Any) -> dict[str, Any]:
    for step in reversed(path.split(".")):
        value = {step: value}
    return value


def definitions(chart: str) -> dict[str, dict[str, Any]]:
    """The specs of the chart's kinds, by kind."""
    crds = [each for path in (CHARTS / chart).rglob("crds/*.yaml") for each in yaml.safe_load_all(path.read_text())]
    specs = [each["spec"] for each in crds if each.get("kind") == "CustomResourceDefinition"]
    specs += [load(path) for path in (CHARTS / chart).glob("definitions/*.yaml")]
    return {spec["names"]["kind"]: spec for spec in specs}


@pytest.mark.parametrize("chart", sorted(PINS))
def test_charts_have_the_versions_that_the_program_pins(chart: str) -> None:
    about = load(CHARTS / chart / "Chart.yaml")
    assert (about["name"], about["version"]) == (chart, PINS[chart])
    for dependency in about.get("dependencies", []):
        inner = load(CHARTS / chart / "charts" / dependency["name"] / "Chart.yaml")
        assert inner["version"] == dependency["version"]


def test_every_chart_is_tested() -> None:
    assert {path.parent.name for path in CHARTS.glob("*/Chart.yaml")} == set(PINS)


@pytest.mark.parametrize("chart", sorted(PINS))
def test_schemas_take_the_defaults(chart: str) -> None:
    assert refused(chart, load(CHARTS / chart / "values.yaml")) == []


@pytest.mark.parametrize("chart", sorted(PINS))
def test_schemas_refuse_unknown_values(chart: str) -> None:
    assert refused(chart, {"replicas-count": 1}) == ["replicas-count"]
    assert refused(chart, {"global": {"anything": 1}}) == []


@pytest.mark.parametrize("part", OF_OTHERS)
def test_schemas_refuse_unknown_values_of_charts_inside(part: str) -> None:
    assert refused("kube-prometheus-stack", {part: {"resources": {}}}) == []
    assert refused("kube-prometheus-stack", {part: {"resource": {}}}) == [f"{part}.resource"]


@pytest.mark.parametrize(
    ("chart", "path"),
    [
        ("aws-load-balancer-controller", "additionalResources"),
        ("aws-load-balancer-controller", "webhookCertDir"),
        ("aws-load-balancer-controller", "serviceAccount.nmae"),
        ("vertical-pod-autoscaler", "recommender.logLevel"),
        ("vertical-pod-autoscaler", "updater.topologySpreadConstraints"),
        ("kube-prometheus-stack", "grafana.goMemLimit"),
        ("kube-prometheus-stack", "grafana.defaultShellOptions"),
        ("external-secrets", "webhook.rbac"),
        ("cluster-autoscaler", "rbac.serviceAccount.role"),
    ],
)
def test_values_that_the_official_charts_do_not_have(chart: str, path: str) -> None:
    assert refused(chart, nested(path, "x")) == [path]


@pytest.mark.parametrize(
    ("chart", "path", "value"),
    [
        ("aws-load-balancer-controller", "certManager.issuerRef", {"name": "issuer"}),
        ("aws-load-balancer-controller", "env", {"A": "b"}),
        ("external-secrets", "networkPolicy.enabled", True),
        ("external-secrets", "webhook.podDisruptionBudget.maxUnavailable", "50%"),
        ("kube-prometheus-stack", "prometheusOperator.featureGates.PrometheusAgentDaemonSet", True),
        ("kube-prometheus-stack", "grafana.sidecar.dashboards.searchNamespace", ["monitoring", "shop"]),
        ("cluster-autoscaler", "image.tag", 1.36),
    ],
)
def test_values_that_the_official_charts_have(chart: str, path: str, value: Any) -> None:
    assert refused(chart, nested(path, value)) == []


@pytest.mark.parametrize(
    ("chart", "path", "value"),
    [
        ("aws-load-balancer-controller", "replicaCount", [2]),
        ("aws-load-balancer-controller", "keepTLSSecret", "yes"),
        ("aws-load-balancer-controller", "clusterName", {"name": "dev"}),
        ("external-secrets", "crds.annotations", "keep"),
        ("cluster-autoscaler", "autoDiscovery.tags", "a,b"),
        ("kube-prometheus-stack", "prometheus.prometheusSpec", "big"),
        ("vertical-pod-autoscaler", "updater.enabled", "false"),
    ],
)
def test_values_of_a_wrong_type_are_refused(chart: str, path: str, value: Any) -> None:
    assert refused(chart, nested(path, value)) == [path]


@pytest.mark.parametrize("chart", sorted(PINS))
def test_definitions_are_whole(chart: str) -> None:
    for kind, spec in definitions(chart).items():
        names = spec["names"]
        assert names["listKind"] == f"{kind}List"
        assert names["plural"] == names["plural"].lower() != names["singular"]
        assert spec["scope"] in {"Namespaced", "Cluster"}
        assert sum(version["storage"] for version in spec["versions"]) == 1
        for version in spec["versions"]:
            assert version["served"] or not version["storage"]
            assert version["schema"]["openAPIV3Schema"]["type"] == "object"


def test_definitions_are_those_of_the_official_charts() -> None:
    plurals = {chart: {spec["names"]["plural"] for spec in definitions(chart).values()} for chart in PINS}
    assert "targetgroupbindings" in plurals["aws-load-balancer-controller"]
    assert "ingressclassparams" in plurals["aws-load-balancer-controller"]
    secrets = {"sshkeys", "beyondtrustworkloadcredentialsdynamicsecrets", "externalsecrets", "clustersecretstores"}
    assert secrets <= plurals["external-secrets"]
    monitoring = {"prometheuses", "alertmanagers", "prometheusrules", "servicemonitors", "podmonitors", "scrapeconfigs"}
    assert monitoring <= plurals["kube-prometheus-stack"]
    assert plurals["vertical-pod-autoscaler"] == {"verticalpodautoscalers", "verticalpodautoscalercheckpoints"}
    assert not plurals["cluster-autoscaler"]


def test_the_old_version_of_external_secrets_is_served_only_if_asked() -> None:
    versions_ = {each["name"]: each["served"] for each in definitions("external-secrets")["ExternalSecret"]["versions"]}
    assert versions_ == {"v1": True, "v1beta1": False}


def test_required_fields_are_asked_for() -> None:
    def required(chart: str, kind: str) -> list[str]:
        served = next(version for version in definitions(chart)[kind]["versions"] if version["storage"])
        spec = served["schema"]["openAPIV3Schema"]["properties"]["spec"]
        return cast(list[str], spec.get("required", []))

    assert required("aws-load-balancer-controller", "TargetGroupBinding") == ["serviceRef"]
    assert required("external-secrets", "ClusterSecretStore") == ["provider"]
    assert required("vertical-pod-autoscaler", "VerticalPodAutoscaler") == ["targetRef"]
    assert set(required("kube-prometheus-stack", "ServiceMonitor")) == {"endpoints", "selector"}
