"""The control plane, its add-ons, its nodes, and who may use it."""

import json
from copy import deepcopy
from typing import Any

import pytest

from components.config import Keys, lookups
from components.config.existing import ExistingCluster, ExistingNodeGroup
from tests.components.program import Deployed, run_program, stack_file

ROLE = "arn:aws:iam::123456789012:role/"


def cluster(stack: str = "dev", **changes: Any) -> Deployed:
    settings = deepcopy(stack_file(stack))
    settings["openmarket:cluster"] |= changes
    return run_program(stack, settings)


def test_control_plane(deployed: Deployed) -> None:
    inputs = deployed.one("eks:index:Cluster").inputs
    assert inputs["authenticationMode"] == "API"
    assert inputs["createOidcProvider"] is True
    assert inputs["encryptionConfigKeyArn"].startswith("arn:aws:kms:")
    assert inputs["endpointPrivateAccess"] is True
    assert inputs["upgradePolicy"] == {"supportType": "STANDARD"}
    assert set(inputs["enabledClusterLogTypes"]) == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    assert "0.0.0.0/0" not in inputs["publicAccessCidrs"]


@pytest.mark.parametrize(("stack", "keys"), [("dev", "perStack"), ("prod", "perStore")])
def test_the_cluster_says_how_many_keys_it_was_created_with(
    stack: str, keys: str, request: pytest.FixtureRequest
) -> None:
    deployed: Deployed = request.getfixturevalue(stack)
    assert deployed.one("eks:index:Cluster").inputs["clusterTags"] == {"EncryptionKeys": keys}


def test_control_plane_logs_go_to_a_group_of_ours(prod: Deployed) -> None:
    group = prod.one("logGroup:LogGroup", "cluster-log-group").inputs
    assert (group["name"], group["retentionInDays"]) == ("/aws/eks/openmarket-prod-eks/cluster", 90)
    assert prod.dependencies("cluster-eks") == {"cluster-log-group"}


def test_the_core_addons_are_none_of_the_components(dev: Deployed) -> None:
    inputs = dev.one("eks:index:Cluster").inputs
    assert inputs["bootstrapSelfManagedAddons"] is False
    assert inputs["useDefaultVpcCni"] is True
    assert inputs["corednsAddonOptions"]["enabled"] is False
    assert inputs["kubeProxyAddonOptions"]["enabled"] is False
    addons = {addon.inputs["addonName"] for addon in dev.of("eks/addon:Addon")}
    assert addons >= {"vpc-cni", "kube-proxy", "coredns"}
    assert not any("addonVersion" in addon.inputs for addon in dev.of("eks/addon:Addon"))


def test_addon_versions_can_be_pinned() -> None:
    deployed = cluster(addonVersions={"coredns": "v1.13.2-eksbuild.3"})
    assert deployed.one("eks/addon:Addon", "cluster-coredns").inputs["addonVersion"] == "v1.13.2-eksbuild.3"


def test_the_cni_has_network_policies_and_prefixes(dev: Deployed) -> None:
    settings = json.loads(dev.one("eks/addon:Addon", "cluster-vpc-cni").inputs["configurationValues"])
    assert settings["enableNetworkPolicy"] == "true"
    assert settings["env"]["ENABLE_PREFIX_DELEGATION"] == "true"


def test_nodes_come_after_what_they_need(deployed: Deployed) -> None:
    needed = deployed.waits_for("cluster-nodes-general-group")
    assert needed >= {"cluster-vpc-cni", "cluster-kube-proxy"}
    assert needed >= {"cluster-nodes-worker", "cluster-nodes-images", "cluster-nodes-cni"}
    assert needed >= {route.name for route in deployed.of("ec2/route:Route") if "nat" in route.name}
    assert deployed.dependencies("cluster-coredns") == {"cluster-nodes-general-group"}


def test_node_group(dev: Deployed) -> None:
    inputs = dev.one("eks/nodeGroup:NodeGroup").inputs
    assert inputs["capacityType"] == "SPOT"
    assert inputs["amiType"] == "AL2023_ARM_64_STANDARD"
    assert inputs["scalingConfig"] == {"minSize": 1, "desiredSize": 2, "maxSize": 16}
    assert dev.options["cluster-nodes-general-group"].ignore_changes == ["scalingConfig.desiredSize"]


def test_the_control_plane_stays_in_its_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    there = ExistingNodeGroup(1, 5, 12, frozenset(), spot=True, zones=2)
    existing = ExistingCluster(("a", "c"), ("a", "c"), Keys.PER_STACK, {"general": (there,)})
    monkeypatch.setattr(lookups, "existing_cluster", lambda _: existing)
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:network"] |= {"zones": ["a", "b", "c"]}
    deployed = run_program("dev", settings)
    groups = deployed.one("eks/nodeGroup:NodeGroup").inputs
    assert len(groups["subnetIds"]) == 3
    assert deployed.one("eks:index:Cluster").inputs["privateSubnetIds"] == [
        groups["subnetIds"][0], groups["subnetIds"][2]
    ]  # fmt: skip
    # The group is replaced, and begins with the nodes that the old one has.
    assert groups["scalingConfig"] == {"minSize": 1, "desiredSize": 5, "maxSize": 16}
    assert deployed.options["cluster-nodes-general-group"].ignore_changes is None


@pytest.mark.parametrize(("there", "sent"), [("1.37", None), ("1.36", "1.36"), ("1.35", "1.36")])
def test_no_version_is_sent_to_a_control_plane_that_eks_has_upgraded(
    there: str, sent: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    existing = ExistingCluster(("a", "c"), ("a", "c"), Keys.PER_STACK, version=there)
    monkeypatch.setattr(lookups, "existing_cluster", lambda _: existing)
    deployed = run_program("dev", deepcopy(stack_file("dev")))
    assert deployed.one("eks:index:Cluster").inputs.get("version") == sent
    # Nodes are the stack file's: they are exchanged when it says so.
    assert deployed.one("eks/nodeGroup:NodeGroup").inputs["version"] == "1.36"


def test_nodes_are_hardened(deployed: Deployed) -> None:
    template = deployed.one("ec2/launchTemplate:LaunchTemplate").inputs
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert template["metadataOptions"]["httpPutResponseHopLimit"] == 1
    (device,) = template["blockDeviceMappings"]
    assert device["ebs"]["volumeType"] == "gp3"
    assert device["ebs"]["encrypted"] == "true"


def test_instances_and_volumes_are_tagged(dev: Deployed) -> None:
    template = dev.one("ec2/launchTemplate:LaunchTemplate").inputs
    for specification in template["tagSpecifications"]:
        assert specification["tags"]["Environment"] == "dev"
        assert specification["tags"]["Name"] == "openmarket-dev-eks-general"
    assert {s["resourceType"] for s in template["tagSpecifications"]} >= {"instance", "volume"}


def test_a_node_group_may_keep_to_some_zones() -> None:
    groups = deepcopy(stack_file("dev")["openmarket:cluster"]["nodeGroups"])
    groups["volumes"] = groups["general"] | {
        "zones": ["c"],
        "labels": {"for": "volumes"},
        "taints": [{"key": "for", "value": "volumes", "effect": "NoSchedule"}],
    }
    deployed = cluster(nodeGroups=groups)
    general = deployed.one("eks/nodeGroup:NodeGroup", "cluster-nodes-general-group").inputs
    volumes = deployed.one("eks/nodeGroup:NodeGroup", "cluster-nodes-volumes-group").inputs
    assert len(general["subnetIds"]) == 2
    assert volumes["subnetIds"] == general["subnetIds"][1:]
    assert volumes["labels"] == {"for": "volumes"}
    assert volumes["taints"] == [{"key": "for", "value": "volumes", "effect": "NO_SCHEDULE"}]


def test_access_entries() -> None:
    access = {"administrators": [ROLE + "team/platform"], "auditors": [ROLE + "drift"], "viewers": [ROLE + "support"]}
    deployed = cluster(access=access)
    entries = deployed.one("eks:index:Cluster").inputs["accessEntries"]
    policies = {name: entry["accessPolicies"]["cluster"]["policyArn"] for name, entry in entries.items()}
    assert policies["platform"].endswith("/AmazonEKSClusterAdminPolicy")
    assert policies["drift"].endswith("/AmazonEKSAdminViewPolicy")
    assert policies["support"].endswith("/AmazonEKSViewPolicy")
    assert entries["platform"]["principalArn"] == ROLE + "team/platform"


def test_a_private_endpoint_has_no_allow_list() -> None:
    inputs = cluster(endpoint={"public": False}).one("eks:index:Cluster").inputs
    assert inputs["endpointPublicAccess"] is False
    assert "publicAccessCidrs" not in inputs


@pytest.mark.parametrize(("stack", "protected"), [("dev", False), ("prod", True)])
def test_deletion_protection(stack: str, protected: bool, request: pytest.FixtureRequest) -> None:
    deployed: Deployed = request.getfixturevalue(stack)
    assert deployed.one("eks:index:Cluster").inputs["deletionProtection"] is protected


def test_the_kubernetes_provider_takes_over_objects_and_fields(dev: Deployed) -> None:
    """Those of an engine that was killed, and of people who set a field by hand: releases from 4.29 on refuse both."""
    inputs = dev.one("pulumi:providers:kubernetes").inputs
    assert (inputs["upsertExistingObjects"], inputs["enablePatchForce"]) == ("true", "true")


def test_the_kubernetes_provider_survives_an_unknown_kubeconfig(dev: Deployed) -> None:
    inputs = dev.one("pulumi:providers:kubernetes").inputs
    assert inputs["clusterIdentifier"] == "openmarket-dev-eks"
    assert inputs["enableServerSideApply"] == "true"
    assert dev.dependencies("cluster-kubernetes") == {"cluster-eks"}
