"""Stand-in charts: values are checked, and what they render is consistent."""

from typing import Any

import pytest

from emulator.aws import addon_versions
from emulator.kubernetes import addons, charts
from emulator.kubernetes.addons.addon import Settings
from emulator.kubernetes.charts.chart import Rendering, merged, unknown_keys

MINIMAL: dict[str, dict[str, Any]] = {
    "aws-load-balancer-controller": {"clusterName": "dev"},
    "cluster-autoscaler": {"autoDiscovery": {"clusterName": "dev"}},
    "external-secrets": {},
    "kube-prometheus-stack": {},
    "vertical-pod-autoscaler": {},
}


def render(name: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    chart = charts.CHARTS[name]
    assert chart.problems(values) == []
    merged_values = merged(chart.defaults, values)
    return chart.render(Rendering(name, "system", "v1", merged_values, "https://127.0.0.1:1", "pem"))


@pytest.mark.parametrize("name", sorted(charts.CHARTS))
def test_pods_have_their_service_account(name: str) -> None:
    objects = render(name, MINIMAL[name])
    accounts = {target["metadata"]["name"] for target in objects if target["kind"] == "ServiceAccount"}
    workloads = [target for target in objects if target["kind"] == "Deployment"]
    assert workloads
    for workload in workloads:
        template = workload["spec"]["template"]
        assert template["spec"]["serviceAccountName"] in accounts
        assert workload["spec"]["selector"]["matchLabels"].items() <= template["metadata"]["labels"].items()


def test_unknown_and_missing_values_are_named() -> None:
    chart = charts.CHARTS["aws-load-balancer-controller"]
    problems = chart.problems({"serviceAccount": {"nmae": "x"}, "replicas": 1})
    assert len(problems) == 3
    assert any("serviceAccount.nmae" in problem for problem in problems)
    assert any("values.replicas:" in problem for problem in problems)
    assert any("clusterName" in problem for problem in problems)


@pytest.mark.parametrize(
    ("name", "version"), [("nginx", "1.0.0"), ("external-secrets", "0.1.0"), ("external-secrets", "")]
)
def test_unknown_charts_are_errors(name: str, version: str) -> None:
    with pytest.raises(charts.UnknownChart, match=name):
        charts.lookup(name, version)


def test_service_mutator_is_optional() -> None:
    def webhooks(**values: Any) -> list[str]:
        objects = render("aws-load-balancer-controller", {"clusterName": "dev", **values})
        return [webhook["name"] for target in objects for webhook in target.get("webhooks", [])]

    assert "mservice.elbv2.k8s.aws" in webhooks()
    assert "mservice.elbv2.k8s.aws" not in webhooks(enableServiceMutatorWebhook=False)
    assert "mpod.elbv2.k8s.aws" in webhooks(enableServiceMutatorWebhook=False)


def test_old_external_secrets_version_is_not_served() -> None:
    definitions = {
        target["spec"]["names"]["kind"]: target
        for target in render("external-secrets", {})
        if "Definition" in target["kind"]
    }
    versions = {each["name"]: each["served"] for each in definitions["ExternalSecret"]["spec"]["versions"]}
    assert versions == {"v1": True, "v1beta1": False}


def test_values_merge_like_helm() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 3}, "d": [2]}) == {"a": {"b": 3, "c": 2}, "d": [2]}


def test_unknown_keys_below_open_keys_pass() -> None:
    assert unknown_keys({"open": {"x": 1}, "closed": {"y": 1}}, {"open": None, "closed": {"z": None}}) == ["closed.y"]


def test_addon_configuration_is_checked() -> None:
    addons.validate("vpc-cni", {"enableNetworkPolicy": "true", "env": {"ENABLE_PREFIX_DELEGATION": "true"}})
    with pytest.raises(addons.InvalidConfiguration, match="networkPolicy"):
        addons.validate("vpc-cni", {"networkPolicy": "true"})
    with pytest.raises(addons.InvalidConfiguration, match="no-such-addon"):
        addons.validate("no-such-addon", {})


def test_versions_are_offered_of_every_addon() -> None:
    assert set(addon_versions.ADDONS) == addons.ADDONS.keys()


def test_prefix_delegation_reaches_the_daemon_set() -> None:
    settings = Settings("dev", "", {"env": {"ENABLE_PREFIX_DELEGATION": "true"}}, 9443)
    (agent,) = (target for target in addons.ADDONS["vpc-cni"].render(settings) if target["kind"] == "DaemonSet")
    container = agent["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "ENABLE_PREFIX_DELEGATION", "value": "true"} in container["env"]
