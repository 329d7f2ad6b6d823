"""Add-ons that EKS manages, and what belongs to them."""

import json
from typing import Any

import pytest

from tests.components.addons.changed_addons import changed
from tests.components.program import Deployed, stack_file

ADDON = "eks/addon:Addon"
POLICIES = "rolePolicyAttachment:RolePolicyAttachment"


def settings(deployed: Deployed, name: str) -> dict[str, Any]:
    return json.loads(deployed.one(ADDON, name).inputs["configurationValues"])


def test_they_are_active_on_a_ready_cluster(deployed: Deployed) -> None:
    for addon in deployed.of(ADDON):
        if addon.name.startswith("addons-"):
            assert "cluster-coredns" in deployed.dependencies(addon.name), addon.name


def test_versions_are_pinned_by_configuration_only() -> None:
    deployed = changed(cluster={"addonVersions": {"metrics-server": "v0.8.1-eksbuild.1"}})
    pins = {addon.inputs["addonName"]: addon.inputs.get("addonVersion") for addon in deployed.of(ADDON)}
    assert pins.pop("metrics-server") == "v0.8.1-eksbuild.1"
    assert set(pins.values()) == {None}


def test_metrics_server(prod: Deployed) -> None:
    values = settings(prod, "addons-metrics-server-addon")
    assert values["replicas"] == 2
    assert values["podDisruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    assert "serviceAccountRoleArn" not in prod.one(ADDON, "addons-metrics-server-addon").inputs


def test_ebs_csi_driver(dev: Deployed) -> None:
    addon = dev.one(ADDON, "addons-ebs-csi-addon").inputs
    assert addon["serviceAccountRoleArn"] == dev.outputs["role_arns"]["ebs-csi-driver"]
    tags = stack_file("dev")["aws:defaultTags"]["tags"]
    assert settings(dev, "addons-ebs-csi-addon")["controller"]["extraVolumeTags"] == tags
    assert dev.waits_for("addons-ebs-csi-addon") >= {
        "addons-ebs-csi-identity-own-volumes",
        "addons-ebs-csi-identity-encryption",
        "cluster-coredns",
    }


def test_volumes_are_encrypted_and_made_where_their_pod_is(deployed: Deployed) -> None:
    storage_class = deployed.one("storage.k8s.io/v1:StorageClass").inputs
    assert storage_class["metadata"]["name"] == "gp3"
    assert storage_class["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}
    parameters = dict(storage_class["parameters"])
    assert parameters.pop("kmsKeyId").startswith("arn:aws:kms:")
    assert parameters == {"type": "gp3", "encrypted": "true"}
    assert storage_class["volumeBindingMode"] == "WaitForFirstConsumer"
    assert storage_class["reclaimPolicy"] == "Delete"
    assert storage_class["allowVolumeExpansion"] is True
    assert deployed.dependencies("addons-ebs-csi-storage-class") == {"addons-ebs-csi-addon"}


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
