"""The provider's own behaviour: names, tags, diffs, previews, reading."""

from typing import Any

import pytest
from aws_account import Account

from emulator.aws import tokens
from emulator.plugins.provider import Call, ProviderError, Resource
from emulator.plugins.values import UNKNOWN

VPC = tokens.VPC


def test_a_generated_name_has_seven_digits_and_stays(account: Account) -> None:
    role = account.create(tokens.ROLE, "app", assumeRolePolicy='{"Statement": []}')
    assert role["name"].startswith("app-")
    assert len(role["name"]) == len("app-") + 7
    resource = account.resource(tokens.ROLE, role["id"])
    again, _ = account.provider.check(resource, {"assumeRolePolicy": "{}"}, b"another seed")
    assert again["name"] == role["name"]


def test_a_replacement_with_a_fixed_name_deletes_first(account: Account) -> None:
    fixed = account.create(tokens.ROLE, "app", name="fixed", path="/a/", assumeRolePolicy='{"Statement": []}')
    generated = account.create(tokens.ROLE, "app", path="/a/", assumeRolePolicy='{"Statement": []}')
    for role, first in ((fixed, True), (generated, False)):
        resource = account.resource(tokens.ROLE, role["id"])
        diff = account.provider.diff(resource, {**resource.inputs, "path": "/b/"})
        assert diff.replaces == {"path"}
        assert diff.delete_before_replace is first


def test_default_tags_are_in_tags_all_only(account: Account) -> None:
    vpc = account.create(VPC, cidrBlock="10.0.0.0/16", tags={"Name": "main"})
    assert vpc["tags"] == {"Name": "main"}
    assert vpc["tagsAll"] == {"Name": "main", "Project": "openmarket"}


def test_arns_carry_region_and_account(account: Account) -> None:
    vpc = account.create(VPC, cidrBlock="10.0.0.0/16")
    assert vpc["arn"] == f"arn:aws:ec2:ap-northeast-2:123456789012:vpc/{vpc['id']}"
    role = account.create(tokens.ROLE, "app", assumeRolePolicy='{"Statement": []}')
    assert role["arn"] == f"arn:aws:iam::123456789012:role/{role['name']}"


def test_a_preview_changes_nothing_and_invents_nothing(account: Account) -> None:
    resource = Resource("urn", VPC, "main")
    id_, outputs = account.provider.create(resource, {"cidrBlock": "10.0.0.0/16"}, Call(preview=True))
    assert id_ == ""
    assert "arn" not in outputs
    assert account.store.find() == []


def test_a_planned_update_does_not_know_what_it_will_change(account: Account) -> None:
    template = account.create(tokens.LAUNCH_TEMPLATE, "nodes", imageId="ami-1", updateDefaultVersion=True)
    resource = account.resource(tokens.LAUNCH_TEMPLATE, template["id"])
    planned = account.provider.update(resource, {**resource.inputs, "imageId": "ami-2"}, Call(preview=True))
    assert planned["latestVersion"] == UNKNOWN
    assert planned["arn"] == template["arn"]
    assert account.update(tokens.LAUNCH_TEMPLATE, template["id"], imageId="ami-2")["latestVersion"] == 2


def test_reading_an_unchanged_object_gives_what_was_stored(account: Account) -> None:
    vpc = account.create(VPC, cidrBlock="10.0.0.0/16")
    resource = account.resource(VPC, vpc["id"])
    found = account.provider.read(resource)
    assert found is not None
    assert account.provider.diff(resource, found[0]).paths == {}
    assert found[1] == resource.outputs


def test_a_deleted_object_reads_as_gone_and_deletes_again_quietly(account: Account) -> None:
    vpc = account.create(VPC, cidrBlock="10.0.0.0/16")
    resource = account.resource(VPC, vpc["id"])
    account.delete(VPC, vpc["id"])
    assert account.provider.read(resource) is None
    account.provider.delete(resource, Call())


def test_a_removed_input_leaves_the_outputs(account: Account) -> None:
    vpc = account.create(VPC, cidrBlock="10.0.0.0/16", tags={"Name": "main"})
    resource = account.resource(VPC, vpc["id"])
    inputs = {key: value for key, value in resource.inputs.items() if key != "tags"}
    outputs = account.provider.update(resource, inputs, Call())
    assert "tags" not in outputs
    assert outputs["arn"] == vpc["arn"]


@pytest.mark.parametrize(
    ("type_", "inputs", "reason"),
    [
        (tokens.SUBNET, {"cidrBlock": "10.0.0.0/24"}, "vpcId|VpcId"),
        (tokens.NODE_GROUP, {"clusterName": "c", "nodeRoleArn": "r"}, "Subnets"),
        (tokens.LOG_GROUP, {"retentionInDays": 8}, "retentionInDays is 8|AWS accepts"),
    ],
)
def test_what_the_schema_refuses(account: Account, type_: str, inputs: dict[str, Any], reason: str) -> None:
    _, failures = account.provider.check(Resource("urn", type_, "it"), inputs, b"")
    assert any(failure.property for failure in failures)
    assert any(part in failure.reason for failure in failures for part in reason.split("|"))


def test_a_nested_immutable_property_replaces_the_cluster_and_a_sibling_does_not(account: Account) -> None:
    old = {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"}, "vpcConfig": {"subnetIds": ["a"]}}
    resource = Resource("urn", tokens.CLUSTER, "c", "c", old, {})
    changed = account.provider.diff(resource, {**old, "vpcConfig": {"subnetIds": ["a", "b"]}})
    assert not changed.replaces
    removed = account.provider.diff(resource, {"vpcConfig": old["vpcConfig"]})
    assert removed.replaces == {"kubernetesNetworkConfig"}


def test_configuration_that_is_not_known_is_refused(account: Account) -> None:
    failures = account.provider.check_config({"region": "ap-northeast-2", "profile": "prod"})
    assert [failure.property for failure in failures] == ["profile"]


def test_a_forbidden_account_is_refused(account: Account) -> None:
    with pytest.raises(ProviderError, match="111111111111"):
        account.provider.configure({"allowedAccountIds": ["111111111111"], "forbiddenAccountIds": ["111111111111"]})


def test_an_unknown_function_is_an_error(account: Account) -> None:
    with pytest.raises(ProviderError, match="getAmi"):
        account.provider.invoke("aws:ec2/getAmi:getAmi", {})


def test_functions(account: Account) -> None:
    identity = account.provider.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})
    assert identity["arn"] == "arn:aws:sts::123456789012:assumed-role/openmarket-deployer/emulator"
    zones = account.provider.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"})
    assert zones["names"][0] == "ap-northeast-2a"
    assert zones["zoneIds"][0] == "apne2-az1"


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        (("redis", "7.1"), ("valkey", "8.2"), set[str]()),
        (("valkey", "8.2"), ("redis", "7.1"), {"engine", "engineVersion"}),
        (("valkey", "7.2"), ("valkey", "8.2"), set[str]()),
        (("valkey", "8.2"), ("valkey", "8.1"), {"engineVersion"}),
    ],
)
def test_a_cache_never_goes_back_in_place(
    account: Account, old: tuple[str, str], new: tuple[str, str], replaces: set[str]
) -> None:
    before, after = ({"engine": engine, "engineVersion": version} for engine, version in (old, new))
    cache = Resource("urn", "aws:elasticache/replicationGroup:ReplicationGroup", "cache", "cache", before)
    assert account.provider.diff(cache, after).replaces == replaces
