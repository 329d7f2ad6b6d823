"""Prometheus, what it watches, and the recommender."""

import json
import re
from copy import deepcopy
from typing import Any

from tests.components.addons.changed_addons import changed, with_nodes
from tests.components.addons.helm_values import problems
from tests.components.program import Deployed, run_program, stack_file

RELEASE = "addons-prometheus-release"
CUSTOM = "monitoring.coreos.com/v1:"


def stack_values(deployed: Deployed) -> dict[str, Any]:
    return deployed.one("helm.sh/v3:Release", RELEASE).inputs["values"]


def test_dev_has_none(dev: Deployed) -> None:
    assert not dev.of(f"{CUSTOM}PrometheusRule")
    assert not [resource for resource in dev.resources if "prometheus" in resource.name or "grafana" in resource.name]


def test_metrics_are_on_volumes_that_go_with_the_release_outside_production(prod: Deployed) -> None:
    for deployed, kept in ((run_program("staging"), "Delete"), (prod, "Retain")):
        values = stack_values(deployed)
        for spec, storage in (
            (values["prometheus"]["prometheusSpec"], "storageSpec"),
            (values["alertmanager"]["alertmanagerSpec"], "storage"),
        ):
            assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": kept, "whenScaled": "Retain"}
            assert spec[storage]["volumeClaimTemplate"]["spec"]["storageClassName"] == "gp3"
    spec = stack_values(prod)["prometheus"]["prometheusSpec"]
    assert (spec["retention"], spec["retentionSize"]) == ("30d", "85GiB")
    assert spec["storageSpec"]["volumeClaimTemplate"]["spec"]["resources"] == {"requests": {"storage": "100Gi"}}


def test_monitors_of_everybody_are_read(prod: Deployed) -> None:
    values = stack_values(prod)
    spec = values["prometheus"]["prometheusSpec"]
    for kind in ("serviceMonitor", "podMonitor", "rule"):
        assert spec[f"{kind}SelectorNilUsesHelmValues"] is False
    for part in ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy"):
        assert values[part] == {"enabled": False}


def test_the_release_has_its_volumes_and_grafana_its_password(prod: Deployed) -> None:
    namespace = "addons-prometheus-namespace"
    assert namespace in prod.dependencies(RELEASE)
    assert "addons-ebs-csi-storage-class" in prod.dependencies(namespace)
    secret = "addons-prometheus-grafana-admin-external-secret"
    grant = "addons-external-secrets-identity-addons-prometheus-grafana-read"
    assert {"addons-external-secrets-store", grant} <= prod.dependencies(secret)
    external = prod.one("ExternalSecret", secret).inputs
    admin = stack_values(prod)["grafana"]["admin"]
    assert admin["existingSecret"] == external["spec"]["target"]["name"]
    keys = [entry["secretKey"] for entry in external["spec"]["data"]]
    assert keys == [admin["passwordKey"], admin["userKey"]]


def test_kinds_are_there_before_objects_of_them(prod: Deployed) -> None:
    custom = [resource for resource in prod.resources if CUSTOM in resource.type]
    assert {resource.type.rpartition(":")[2] for resource in custom} == {
        "PodMonitor",
        "PrometheusRule",
        "ServiceMonitor",
    }
    for resource in custom:
        assert RELEASE in prod.dependencies(resource.name), resource.name


def test_add_ons_that_run_are_watched(prod: Deployed) -> None:
    ports = {
        monitor.inputs["metadata"]["name"]: monitor.inputs["spec"]["podMetricsEndpoints"][0]["portNumber"]
        for monitor in prod.of(f"{CUSTOM}PodMonitor")
    }
    assert ports == {"aws-load-balancer-controller": 8080, "external-secrets": 8080, "aws-cluster-autoscaler": 8085}
    settings = deepcopy(stack_file("staging"))
    settings["openmarket:addons"]["clusterAutoscaler"]["enabled"] = False
    settings["openmarket:cluster"] |= with_nodes("staging", 20)
    watched = run_program("staging", settings).of(f"{CUSTOM}PodMonitor")
    assert {monitor.inputs["metadata"]["name"] for monitor in watched} == {
        "aws-load-balancer-controller",
        "external-secrets",
    }


def test_services_with_metrics_are_watched(prod: Deployed) -> None:
    having = {name for name, stanza in stack_file("prod")["openmarket:services"].items() if stanza.get("metricsPath")}
    monitors = prod.of(f"{CUSTOM}ServiceMonitor")
    assert {monitor.inputs["metadata"]["name"] for monitor in monitors} == having
    for monitor in monitors:
        assert monitor.inputs["metadata"]["namespace"] == "openmarket-prod"


def test_alerts_are_about_the_shop_and_last_a_while(prod: Deployed) -> None:
    groups = prod.one(f"{CUSTOM}PrometheusRule").inputs["spec"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert "ShopSecretNotSynced" in {rule["alert"] for rule in rules}, "the add-ons' own are missing"
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert 'namespace="openmarket-prod"' in rule["expr"]
        assert rule["expr"].count("{") == rule["expr"].count("}")
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert re.fullmatch(r"\d+m", rule["for"])
        assert rule["labels"]["severity"] in {"critical", "warning"}


def test_the_recommender_changes_no_pod() -> None:
    deployed = changed(verticalPodAutoscaler={"enabled": True})
    release = deployed.one("helm.sh/v3:Release", "addons-recommender-release").inputs
    assert problems(release) == []
    for part in ("updater", "admissionController"):
        assert release["values"][part] == {"enabled": False}
    objects = deployed.of("autoscaling.k8s.io/v1:VerticalPodAutoscaler")
    assert {each.inputs["spec"]["targetRef"]["name"] for each in objects} == set(
        stack_file("dev")["openmarket:services"]
    )
    for each in objects:
        assert each.inputs["spec"]["updatePolicy"] == {"updateMode": "Off"}
        assert "addons-recommender-release" in deployed.dependencies(each.name)


def test_prometheus_reaches_the_pods_that_it_reads(dev: Deployed, prod: Deployed) -> None:
    def scraping(deployed: Deployed) -> set[str]:
        return {
            policy.inputs["metadata"]["name"]
            for policy in deployed.of("networking.k8s.io/v1:NetworkPolicy")
            if "'kubernetes.io/metadata.name': 'monitoring'" in str(policy.inputs["spec"])
        }

    having = {name for name, stanza in stack_file("prod")["openmarket:services"].items() if stanza.get("metricsPath")}
    assert scraping(dev) == set()
    assert scraping(prod) == having


def alertmanager(deployed: Deployed) -> dict[str, Any]:
    return stack_values(deployed)["alertmanager"]


def test_alertmanager_tells_the_topic_of_an_alerts_severity(prod: Deployed) -> None:
    config, topics = alertmanager(prod)["config"], prod.outputs["alarm_topics"]
    receivers = {each["name"]: each.get("sns_configs", []) for each in config["receivers"]}
    for severity in ("critical", "warning"):
        (sns,) = receivers[severity]
        assert sns["topic_arn"] == topics[severity]
        assert sns["sigv4"] == {"region": "ap-northeast-2"}
        (route,) = [each for each in config["route"]["routes"] if each["receiver"] == severity]
        assert route["matchers"] == [f'severity = "{severity}"']
    assert receivers[config["route"]["receiver"]] == []  # of no severity that people are told of
    assert {route["receiver"] for route in config["route"]["routes"]} <= set(receivers)


def test_severities_of_the_rules_have_a_route(prod: Deployed) -> None:
    groups = prod.one(f"{CUSTOM}PrometheusRule").inputs["spec"]["groups"]
    routed = {each["receiver"] for each in alertmanager(prod)["config"]["route"]["routes"]}
    assert {rule["labels"]["severity"] for group in groups for rule in group["rules"]} <= routed


def test_an_alarm_goes_off_when_the_watchdog_stops(prod: Deployed) -> None:
    (first, *_) = alertmanager(prod)["config"]["route"]["routes"]
    assert first["matchers"] == ['alertname = "Watchdog"']
    (sns,) = next(
        each["sns_configs"] for each in alertmanager(prod)["config"]["receivers"] if each["name"] == "watchdog"
    )
    alarm = prod.one("cloudwatch/metricAlarm:MetricAlarm", "alarms-prometheus-silent").inputs
    assert alarm["dimensions"] == {"TopicName": sns["topic_arn"].rpartition(":")[2]}
    assert alarm["treatMissingData"] == "breaching"
    # It is told more often than the alarm looks.
    assert first["repeat_interval"] == "5m"
    assert alarm["period"] >= 2 * 300


def test_alertmanager_may_publish_and_nothing_else(prod: Deployed) -> None:
    policy = prod.one("iam/rolePolicy:RolePolicy", "addons-prometheus-identity-publish").inputs["policy"]
    publish, key = json.loads(policy)["Statement"]
    assert publish["Action"] == "sns:Publish"
    told = {
        config["topic_arn"]
        for each in alertmanager(prod)["config"]["receivers"]
        for config in each.get("sns_configs", [])
    }
    assert set(publish["Resource"]) == told
    assert set(key["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    account = alertmanager(prod)["serviceAccount"]
    assert account["annotations"]["eks.amazonaws.com/role-arn"] == prod.outputs["role_arns"]["alertmanager"]
    assert {"addons-prometheus-identity-publish", "alarm-topics-critical-policy"} <= prod.waits_for(RELEASE)
    trust = prod.one("iam/role:Role", "addons-prometheus-identity-role").inputs["assumeRolePolicy"]
    assert "system:serviceaccount:monitoring:alertmanager" in trust
