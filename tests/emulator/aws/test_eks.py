"""EKS: what a cluster and its nodes need, and what they make."""

import json
from collections.abc import Callable
from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account
from aws_networks import NODE_POLICIES, Network

from emulator.aws import acts, eks_node_groups, tokens
from emulator.contract import AddonDegraded
from emulator.plugins.provider import Call, PartialError, ProviderError, Resource


@pytest.fixture
def network(account: Account) -> Network:
    return networks.build(account)


def with_cni(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    account.create(tokens.ADDON, clusterName="dev-eks", addonName="vpc-cni")


def test_a_cluster_starts_a_control_plane_and_admits_its_creator(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    assert account.calls == [("start", "dev-eks", "1.36", "172.20.0.0/16")]
    stored = account.store.get(tokens.CLUSTER, "dev-eks")
    assert stored is not None
    assert stored.outputs["endpoint"] == "https://127.0.0.1:6443"
    assert stored.outputs["vpcConfig"]["vpcId"] == network.vpc
    assert stored.outputs["identities"][0]["oidcs"][0]["issuer"].startswith(
        "https://oidc.eks.ap-northeast-2.amazonaws.com/id/"
    )
    deployer = "arn:aws:iam::123456789012:role/openmarket-deployer"
    with pytest.raises(ProviderError, match=r"ResourceInUseException: .* already in use on this cluster"):
        account.create(tokens.ACCESS_ENTRY, clusterName="dev-eks", principalArn=deployer)


def test_clusters_are_listed_by_region(account: Account, network: Network) -> None:
    assert account.provider.invoke("aws:eks/getClusters:getClusters", {})["names"] == []
    networks.cluster(account, network)
    assert account.provider.invoke("aws:eks/getClusters:getClusters", {})["names"] == ["dev-eks"]
    assert account.provider.invoke("aws:eks/getClusters:getClusters", {"region": "us-east-1"})["names"] == []


def test_a_cluster_needs_a_role_that_eks_may_assume(account: Account, network: Network) -> None:
    role = account.create(tokens.ROLE, "wrong", assumeRolePolicy=networks.trust("ec2.amazonaws.com"))
    with pytest.raises(ProviderError, match=r"could not be assumed.*eks\.amazonaws\.com"):
        account.create(tokens.CLUSTER, name="c", roleArn=role["arn"], vpcConfig={"subnetIds": network.private})


def test_nobody_reaches_the_public_endpoint_from_a_private_network(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    vpc_config = {"subnetIds": network.private, "publicAccessCidrs": ["203.0.113.0/24", "10.0.0.0/8"]}
    with pytest.raises(ProviderError, match=r"dev-eks can't include the reserved addresses 10\.0\.0\.0/8"):
        account.update(tokens.CLUSTER, "dev-eks", vpcConfig=vpc_config)


def test_a_failed_start_leaves_nothing(account: Account, network: Network) -> None:
    account.clusters.failure = RuntimeError("etcd ended")
    with pytest.raises(ProviderError, match="etcd ended"):
        networks.cluster(account, network)
    assert account.store.find(tokens.CLUSTER) == []


def test_upgrades_go_one_minor_version_forward(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    for version in ("1.38", "1.35"):
        with pytest.raises(ProviderError, match="one minor version"):
            account.update(tokens.CLUSTER, "dev-eks", version=version)
    assert account.update(tokens.CLUSTER, "dev-eks", version="1.37")["version"] == "1.37"


def test_a_protected_cluster_and_one_with_node_groups_stay(account: Account, network: Network) -> None:
    with_cni(account, network)
    group = networks.node_group(account, network, networks.node_role(account, *NODE_POLICIES))
    with pytest.raises(ProviderError, match="dev-eks:workers"):
        account.delete(tokens.CLUSTER, "dev-eks")
    account.delete(tokens.NODE_GROUP, group)
    account.update(tokens.CLUSTER, "dev-eks", deletionProtection=True)
    with pytest.raises(ProviderError, match="deletion protection"):
        account.delete(tokens.CLUSTER, "dev-eks")
    account.update(tokens.CLUSTER, "dev-eks", deletionProtection=False)
    account.delete(tokens.CLUSTER, "dev-eks")
    assert account.calls[-1] == ("stop", "dev-eks")
    for type_ in (tokens.ADDON, tokens.ACCESS_ENTRY, tokens.CLUSTER):
        assert account.store.find(type_) == []


def test_log_types_without_a_log_group_leave_one_behind(account: Account, network: Network) -> None:
    networks.cluster(account, network, enabledClusterLogTypes=["api"])
    account.delete(tokens.CLUSTER, "dev-eks")
    assert [group.id for group in account.store.find(tokens.LOG_GROUP)] == ["/aws/eks/dev-eks/cluster"]


def test_a_node_group_joins_and_its_nodes_hold_their_subnets(account: Account, network: Network) -> None:
    with_cni(account, network)
    networks.node_group(account, network, networks.node_role(account, *NODE_POLICIES), labels={"a": "b"})
    _, wanted, _ = account.calls[-1]
    assert wanted.cluster == "dev-eks"
    assert wanted.instance.architecture == "arm64"
    assert wanted.zones == ("ap-northeast-2a", "ap-northeast-2b")
    assert (wanted.desired, wanted.labels) == (2, {"a": "b"})
    group = account.store.find(tokens.NODE_GROUP)[0].id
    nodes = account.store.find(tokens.NETWORK_INTERFACE, description=f"aws-K8S-{group}")
    assert {interface.outputs["subnetId"] for interface in nodes} == set(network.private)
    with pytest.raises(ProviderError, match="DependencyViolation"):
        account.delete(tokens.SUBNET, network.private[0])


def no_cni(account: Account, _network: Network) -> None:
    account.delete(tokens.ADDON, "dev-eks:vpc-cni")


def no_route(account: Account, network: Network) -> None:
    account.delete(tokens.ROUTE, network.private_route)


@pytest.mark.parametrize(
    ("policies", "break_", "reason"),
    [
        (NODE_POLICIES, no_cni, "vpc-cni"),
        (NODE_POLICIES, no_route, "no route out"),
        (NODE_POLICIES[1:], None, "eks:DescribeCluster"),
        (NODE_POLICIES[:2], None, "ecr:GetAuthorizationToken"),
        ((NODE_POLICIES[0], NODE_POLICIES[2]), None, "ec2:AssignPrivateIpAddresses"),
    ],
)
def test_what_keeps_nodes_from_joining(
    account: Account,
    network: Network,
    policies: tuple[str, ...],
    break_: Callable[[Account, Network], None] | None,
    reason: str,
) -> None:
    with_cni(account, network)
    if break_ is not None:
        break_(account, network)
    role = networks.node_role(account, *policies)
    with pytest.raises(ProviderError, match=f"NodeCreationFailure.*{reason}"):
        networks.node_group(account, network, role)
    assert account.store.find(tokens.NODE_GROUP) == []


def test_nothing_that_keeps_nodes_from_joining_hides_the_rest(account: Account, network: Network) -> None:
    with_cni(account, network)
    no_route(account, network)
    with pytest.raises(ProviderError, match=r"ecr:GetAuthorizationToken.*ec2:AssignPrivateIpAddresses.*no route out"):
        networks.node_group(account, network, networks.node_role(account, NODE_POLICIES[0]))


def test_node_group_arguments_that_eks_refuses(account: Account, network: Network) -> None:
    with_cni(account, network)
    role = networks.node_role(account, *NODE_POLICIES)
    with pytest.raises(ProviderError, match=r"t3\.medium"):
        networks.node_group(account, network, role, instanceTypes=["t4g.large", "t3.medium"])
    with pytest.raises(ProviderError, match="Minimum capacity 3 can't be greater than desired size 2"):
        networks.node_group(account, network, role, scalingConfig={"minSize": 3, "desiredSize": 2, "maxSize": 4})
    with pytest.raises(ProviderError, match="desired capacity 5 can't be greater than max size 4"):
        networks.node_group(account, network, role, scalingConfig={"minSize": 3, "desiredSize": 5, "maxSize": 4})


def test_scaling_moves_the_interfaces(account: Account, network: Network) -> None:
    with_cni(account, network)
    group = networks.node_group(account, network, networks.node_role(account, *NODE_POLICIES))
    account.update(tokens.NODE_GROUP, group, scalingConfig={"minSize": 1, "desiredSize": 4, "maxSize": 4})
    assert account.calls[-1][1].desired == 4
    assert len(account.store.find(tokens.NETWORK_INTERFACE, ownedBy=f"{tokens.NODE_GROUP} {group}")) == 4
    account.delete(tokens.NODE_GROUP, group)
    assert account.calls[-1] == ("leave", "dev-eks", "workers-" + group.rpartition("-")[2])
    assert account.store.find(tokens.NETWORK_INTERFACE, ownedBy=f"{tokens.NODE_GROUP} {group}") == []


def test_a_degraded_add_on_exists_and_fails(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    account.clusters.failure = AddonDegraded("no nodes")
    with pytest.raises(PartialError, match=r"DEGRADED: no nodes") as error:
        account.create(tokens.ADDON, clusterName="dev-eks", addonName="coredns")
    assert error.value.id == "dev-eks:coredns"
    assert account.store.get(tokens.ADDON, "dev-eks:coredns") is not None


def test_an_add_on_gets_its_configuration_and_preserves_if_asked(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    configuration = json.dumps({"enableNetworkPolicy": "true"})
    account.create(
        tokens.ADDON, clusterName="dev-eks", addonName="vpc-cni", configurationValues=configuration, preserve=True
    )
    assert account.calls[-1][:-1] == ("install", "dev-eks", "vpc-cni", "", {"enableNetworkPolicy": "true"})
    account.delete(tokens.ADDON, "dev-eks:vpc-cni")
    assert account.calls[-1][0] == "install"


def test_a_policy_is_associated_with_an_entry_that_exists(account: Account, network: Network) -> None:
    networks.cluster(account, network, accessConfig={"authenticationMode": "API"})
    association: dict[str, Any] = {
        "clusterName": "dev-eks", "principalArn": "arn:aws:iam::123456789012:role/ops",
        "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", "accessScope": {"type": "cluster"},
    }  # fmt: skip
    with pytest.raises(ProviderError, match="no access entry"):
        account.create("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", **association)
    account.create(tokens.ACCESS_ENTRY, clusterName="dev-eks", principalArn=association["principalArn"])
    account.create("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", **association)


def test_a_change_of_sizes_sends_all_of_them_and_another_change_none(account: Account, network: Network) -> None:
    with_cni(account, network)
    group = networks.node_group(account, network, networks.node_role(account, *NODE_POLICIES))
    before = account.resource(tokens.NODE_GROUP, group)
    assert eks_node_groups.resize(account.store, group, 5) is None
    assert eks_node_groups.resize(account.store, group, 3) is not None
    assert len(account.store.find(tokens.NETWORK_INTERFACE, ownedBy=f"{tokens.NODE_GROUP} {group}")) == 3
    # The engine has not been told of the third node.
    labelled = {**before.inputs, "labels": {"a": "b"}}
    assert account.provider.update(before, labelled, Call())["scalingConfig"]["desiredSize"] == 3
    assert account.calls[-1][1].desired == 3
    larger = {**labelled, "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 5}}
    assert account.provider.update(before, larger, Call())["scalingConfig"]["desiredSize"] == 2
    assert account.calls[-1][1].desired == 2


def test_a_refresh_finds_the_size_that_an_autoscaler_chose(account: Account, network: Network) -> None:
    with_cni(account, network)
    group = networks.node_group(account, network, networks.node_role(account, *NODE_POLICIES))
    eks_node_groups.resize(account.store, group, 3)
    found = account.provider.read(account.resource(tokens.NODE_GROUP, group))
    assert found is not None
    assert [each["scalingConfig"]["desiredSize"] for each in found] == [3, 3]


def test_no_node_group_goes_back_to_an_older_version(account: Account, network: Network) -> None:
    with_cni(account, network)
    group = networks.node_group(account, network, networks.node_role(account, *NODE_POLICIES), version="1.36")
    with pytest.raises(ProviderError, match=r"has version 1\.36, and EKS never goes back to 1\.35"):
        account.update(tokens.NODE_GROUP, group, version="1.35")
    account.update(tokens.NODE_GROUP, group, version="1.36")
    assert account.update(tokens.NODE_GROUP, group, version=None)["version"] == "1.36"


def test_a_control_plane_keeps_its_zones_and_its_vpc(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    third = account.create(
        tokens.SUBNET, vpcId=network.vpc, cidrBlock="10.10.50.0/24", availabilityZone="ap-northeast-2c"
    )["id"]
    with pytest.raises(
        ProviderError,
        match=r"belong to the AZs 'ap-northeast-2a,ap-northeast-2b,ap-northeast-2c'\. But they should belong to the "
        r"exact set of AZs 'ap-northeast-2a,ap-northeast-2b'",
    ):
        account.update(tokens.CLUSTER, "dev-eks", vpcConfig={"subnetIds": [*network.private, third]})
    with pytest.raises(ProviderError, match="exact set of AZs"):
        account.update(tokens.CLUSTER, "dev-eks", vpcConfig={"subnetIds": [network.private[0], third]})
    other = account.create(tokens.VPC, "other", cidrBlock="10.20.0.0/16")["id"]
    elsewhere = [
        account.create(
            tokens.SUBNET, zone, vpcId=other, cidrBlock=f"10.20.{number}.0/24", availabilityZone=f"ap-northeast-2{zone}"
        )["id"]
        for number, zone in enumerate("ab")
    ]
    with pytest.raises(ProviderError, match=f"belong to the VPC {other}"):
        account.update(tokens.CLUSTER, "dev-eks", vpcConfig={"subnetIds": elsewhere})
    account.update(tokens.CLUSTER, "dev-eks", vpcConfig={"subnetIds": network.private})
    held = account.store.find(tokens.NETWORK_INTERFACE, description="Amazon EKS dev-eks")
    assert {each.outputs["subnetId"] for each in held} == set(network.private)


def test_another_key_changes_nothing_in_aws(account: Account, network: Network) -> None:
    keys = [account.create(tokens.KEY, name)["arn"] for name in ("old", "new")]
    old, new = ({"provider": {"keyArn": key}, "resources": ["secrets"]} for key in keys)
    networks.cluster(account, network, encryptionConfig=old)
    resource = account.resource(tokens.CLUSTER, "dev-eks")
    changed = account.provider.diff(resource, {**resource.inputs, "encryptionConfig": new})
    assert set(changed.paths) == {"encryptionConfig.provider.keyArn"}
    assert not changed.replaces
    assert account.update(tokens.CLUSTER, "dev-eks", encryptionConfig=new)["encryptionConfig"] == old
    without = {key: value for key, value in resource.inputs.items() if key != "encryptionConfig"}
    assert account.provider.diff(resource, without).replaces
    plain = Resource(resource.urn, resource.type, resource.name, resource.id, without, resource.outputs)
    assert not account.provider.diff(plain, resource.inputs).replaces


def test_functions_answer_what_is_there(account: Account, network: Network) -> None:
    with_cni(account, network)
    ask = account.provider.invoke
    with pytest.raises(ProviderError, match=r"EKS Cluster \(other\): couldn't find resource"):
        ask("aws:eks/getCluster:getCluster", {"name": "other"})
    assert set(ask("aws:eks/getCluster:getCluster", {"name": "dev-eks"})["vpcConfig"]["subnetIds"]) == {
        *network.public, *network.private
    }  # fmt: skip
    assert ask("aws:eks/getNodeGroups:getNodeGroups", {"clusterName": "dev-eks"})["names"] == []
    networks.node_group(account, network, networks.node_role(account, *NODE_POLICIES))
    (name,) = ask("aws:eks/getNodeGroups:getNodeGroups", {"clusterName": "dev-eks"})["names"]
    found = ask("aws:eks/getNodeGroup:getNodeGroup", {"clusterName": "dev-eks", "nodeGroupName": name})
    assert found["scalingConfigs"] == [{"minSize": 1, "desiredSize": 2, "maxSize": 4}]
    filters = [
        {"name": "vpc-id", "values": [network.vpc]},
        {"name": "availability-zone", "values": ["ap-northeast-2a"]},
    ]
    in_zone = ask("aws:ec2/getSubnets:getSubnets", {"filters": filters})["ids"]
    tagged = [{"name": "tag:Project", "values": ["openmarket"]}, filters[1]]
    assert ask("aws:ec2/getSubnets:getSubnets", {"filters": tagged})["ids"] == in_zone
    assert set(in_zone) == {network.public[0], network.private[0]}


def test_waits_end_with_the_run_and_its_timeouts(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    account.call = Call(timeout=7, cancelled=lambda: True)
    account.create(tokens.ADDON, clusterName="dev-eks", addonName="vpc-cni")
    assert account.calls[-1][-1] is account.call
    networks.node_group(account, network, networks.node_role(account, *NODE_POLICIES))
    assert account.calls[-1][-1] is account.call


def test_a_version_that_is_left_out_stays(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    known = account.resource(tokens.CLUSTER, "dev-eks")
    upgrade(account)
    without = {name: value for name, value in known.inputs.items() if name != "version"}
    assert account.provider.diff(known, without).paths == {}
    outputs = account.provider.update(known, {**without, "deletionProtection": True}, Call())
    assert outputs["version"] == "1.37"


def test_a_version_that_the_cluster_has_already_is_refused_as_on_eks(account: Account, network: Network) -> None:
    networks.cluster(account, network)
    known = account.resource(tokens.CLUSTER, "dev-eks")
    upgrade(account)
    for version in ("1.37", "1.36"):
        remembered = Resource(known.urn, known.type, known.name, known.id, known.inputs, known.outputs)
        if version == "1.36":
            remembered = account.resource(tokens.CLUSTER, "dev-eks")
        assert account.provider.diff(remembered, {**known.inputs, "version": version}).paths == {"version": "update"}
        with pytest.raises(ProviderError, match=f"update of dev-eks from 1.37 to {version}"):
            account.provider.update(remembered, {**known.inputs, "version": version}, Call())


def upgrade(account: Account) -> None:
    """EKS upgrades the control plane by itself."""
    acts.upgrade_cluster(account.store, "dev", "")
