"""Container Insights and its log groups."""

import json
from typing import Any

import pytest

from tests.components.addons.changed_addons import changed
from tests.components.program import Deployed

ADDON = "eks/addon:Addon"
POLICIES = "rolePolicyAttachment:RolePolicyAttachment"


def settings(deployed: Deployed, name: str) -> dict[str, Any]:
    return json.loads(deployed.one(ADDON, name).inputs["configurationValues"])


def test_container_insights(prod: Deployed) -> None:
    addon = prod.one(ADDON, "addons-insights-addon").inputs
    assert addon["addonName"] == "amazon-cloudwatch-observability"
    assert addon["serviceAccountRoleArn"] == prod.outputs["role_arns"]["cloudwatch-agent"]
    values = settings(prod, "addons-insights-addon")
    collected = values["agent"]["config"]["logs"]["metrics_collected"]
    assert collected == {"kubernetes": {"enhanced_container_insights": True}}
    assert values["containerLogs"] == {"enabled": True}


def test_its_log_groups_are_there_before_the_agents_and_after_them(prod: Deployed) -> None:
    groups = [group for group in prod.of("logGroup:LogGroup") if group.name.startswith("addons-insights")]
    assert {group.inputs["name"].rpartition("/")[2] for group in groups} == {
        "application", "dataplane", "host", "performance",
    }  # fmt: skip
    for group in groups:
        assert group.inputs["name"].startswith("/aws/containerinsights/openmarket-prod-eks/")
        assert group.inputs["retentionInDays"] == 90
        assert group.inputs["kmsKeyId"].startswith("arn:aws:kms:")
    needed = {group.name for group in groups} | {"addons-insights-identity-agent", "cluster-coredns"}
    assert prod.waits_for("addons-insights-addon") >= needed


@pytest.mark.parametrize("signals", [True, False])
def test_application_signals_are_decided_by_the_configuration(signals: bool) -> None:
    deployed = changed(containerInsights={"enabled": True, "applicationSignals": signals})
    values = settings(deployed, "addons-insights-addon")
    config = values["agent"]["config"]
    assert ("application_signals" in config["logs"]["metrics_collected"]) is signals
    assert ("traces" in config) is signals
    assert values["manager"]["applicationSignals"]["autoMonitor"]["monitorAllServices"] is signals
    attached = {a.inputs["policyArn"].rpartition("/")[2] for a in deployed.of(POLICIES) if "insights" in a.name}
    assert attached == {"CloudWatchAgentServerPolicy"} | ({"AWSXrayWriteOnlyAccess"} if signals else set())


def test_a_stack_may_do_without_container_insights() -> None:
    deployed = changed(containerInsights={"enabled": False, "applicationSignals": False})
    assert not [resource for resource in deployed.resources if resource.name.startswith("addons-insights")]
    assert "cloudwatch-agent" not in deployed.outputs["role_arns"]
