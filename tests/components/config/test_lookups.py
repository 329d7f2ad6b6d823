"""What the program finds of a cluster that is there, in an account of the emulator, and what it then refuses."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import config
from components.config import Keys
from components.config.existing import ExistingNodeGroup
from emulator.aws import functions, tokens
from emulator.aws.types.elasticache import REPLICATION_GROUP
from emulator.store import Store, StoredObject
from tests.components.program import run, stack_file

CLUSTER = "openmarket-dev-eks"
REGION = "ap-northeast-2"
Settings = dict[str, Any]

LARGE = ["t4g.large"]


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An account with the dev stack's cluster in zones a and c, under one key, with a node group of ten nodes."""
    store = Store(tmp_path / "aws.sqlite")
    answer = functions.invoke
    monkeypatch.setattr(
        functions, "invoke", lambda identity, token, arguments: answer(identity, token, arguments, store)
    )
    tagged(store, "perStack")
    put(store, tokens.VPC, "vpc-1", {"cidrBlock": stack_file("dev")["openmarket:network"]["cidr"]})
    for zone in "ac":
        subnets(store, zone)
    group = stack_file("dev")["openmarket:cluster"]["nodeGroups"]["general"]
    put(store, tokens.NODE_GROUP, f"{CLUSTER}:cluster-nodes-general-group-0123abc", {
        "clusterName": CLUSTER, "nodeGroupName": "cluster-nodes-general-group-0123abc", "capacityType": "SPOT",
        "version": "1.36", "instanceTypes": LARGE, "subnetIds": ["subnet-private-a", "subnet-private-c"],
        "scalingConfig": {"minSize": group["min"], "desiredSize": 10, "maxSize": group["max"]},
    })  # fmt: skip
    return store


def tagged(store: Store, keys: str | None) -> None:
    """The cluster, which was created with that many keys."""
    put(store, tokens.CLUSTER, CLUSTER, {
        "name": CLUSTER, "version": "1.36", "arn": f"arn:aws:eks:{REGION}:123456789012:cluster/{CLUSTER}",
        "vpcConfig": {"vpcId": "vpc-1", "subnetIds": ["subnet-private-a", "subnet-private-c"]},
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"},
        "tagsAll": {"EncryptionKeys": keys} if keys else {},
    })  # fmt: skip


def put(store: Store, type_: str, id_: str, outputs: Mapping[str, Any]) -> None:
    with store.transaction() as transaction:
        transaction.put(StoredObject(type_, id_, inputs=outputs, outputs=outputs))


def subnets(store: Store, zone: str) -> None:
    for kind in ("private", "public"):
        tags = {"Name": f"openmarket-dev-{kind}-{zone}"}
        outputs = {"vpcId": "vpc-1", "availabilityZone": f"{REGION}{zone}", "tagsAll": tags}
        put(store, tokens.SUBNET, f"subnet-{kind}-{zone}", outputs)


def cache(store: Store, engine: str, version: str) -> None:
    """The dev stack's cache, and the same group of another stack in the VPC."""
    name = "openmarket-dev-cache"
    put(store, REPLICATION_GROUP, name, {
        "engine": engine, "engineVersionActual": version, "memberClusters": [f"{name}-002"], "replicationGroupId": name,
        "nodeType": "cache.m7g.large",
    })  # fmt: skip
    interface_of_cache(store, f"ElastiCache {name}-002")


def interface_of_cache(store: Store, description: str) -> None:
    """A network interface in the cache's security group, beside that of another stack in the VPC."""
    for number, label in enumerate(("openmarket-dev-cache", "openmarket-other-cache")):
        put(store, tokens.SECURITY_GROUP, f"sg-{number}", {"vpcId": "vpc-1", "tagsAll": {"Name": label}})
    interface = {"securityGroups": ["sg-0"], "subnetId": "subnet-private-a", "description": description}
    put(store, tokens.NETWORK_INTERFACE, "eni-1", interface)


def loaded(settings: Settings) -> config.StackConfig:
    found: list[config.StackConfig] = []
    run("dev", settings, lambda: found.append(config.load()))
    return found[0]


def refused(settings: Settings) -> str:
    with pytest.raises(pulumi.RunError) as refusal:
        loaded(settings)
    return str(refusal.value)


def changed(section: str, **values: Any) -> Settings:
    settings = deepcopy(stack_file("dev"))
    settings[f"openmarket:{section}"] |= values
    return settings


def sizes(**values: Any) -> Settings:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:cluster"]["nodeGroups"]["general"] |= {"instanceTypes": LARGE} | values
    return settings


def test_nothing_is_found_before_there_is_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(stack_file("dev")).cluster.existing is None


def test_what_is_there_is_found(account: Store) -> None:
    existing = loaded(stack_file("dev")).cluster.existing
    assert existing is not None
    assert (existing.control_plane_zones, existing.zones, existing.keys) == (("a", "c"), ("a", "c"), Keys.PER_STACK)
    (group,) = existing.node_groups["general"]
    assert replace(group, instance_types=frozenset()) == ExistingNodeGroup(
        1, 10, 16, frozenset(), spot=True, zones=2, version="1.36"
    )
    assert existing.nodes("general") == 10
    assert existing.nodes("other") == 0


def test_versions_that_aws_has_raised_are_told_and_left_alone(account: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    assert loaded(stack_file("dev")).cluster.control_plane_version == "1.36"
    assert warnings == []
    with account.transaction() as transaction:
        (cluster,) = transaction.find(tokens.CLUSTER)
        transaction.put(replace(cluster, outputs={**cluster.outputs, "version": "1.37"}))
        raised = {"engineVersionActual": "8.0.mysql_aurora.3.99.0", "arn": "arn:aws:rds:ap-northeast-2:1:cluster:x"}
        transaction.put(StoredObject(tokens.DATABASE_CLUSTER, "openmarket-dev-aurora", outputs=raised))
    cache(account, "valkey", "8.2.1")
    config = loaded(changed("cache", engineVersion="8.1"))
    assert config.cluster.control_plane_version is None
    assert config.cluster.version == "1.36"
    assert config.data.database.upgraded_by_aws
    assert 'openmarket:cluster.version is 1.36\n    needs "1.37", which the control plane runs' in warnings[0]
    assert "openmarket:database.engineVersion is" in warnings[1]
    assert "needs 8.0.mysql_aurora.3.99.0, which Aurora runs" in warnings[1]
    assert config.data.cache.upgraded_by_aws
    assert 'openmarket:cache.engineVersion is 8.1\n    needs "8.2", which the cache runs' in warnings[2]


def test_nodes_that_are_newer_than_the_stack_file_stay_as_they_are(account: Store) -> None:
    older = changed("cluster", version="1.35")
    assert loaded(stack_file("dev")).cluster.nodes_version("general") == "1.36"
    assert loaded(older).cluster.nodes_version("general") is None
    assert loaded(older).cluster.nodes_version("another") == "1.35"


def test_a_cluster_is_upgraded_one_minor_at_a_time(account: Store) -> None:
    with account.transaction() as transaction:
        (cluster,) = transaction.find(tokens.CLUSTER)
        transaction.put(replace(cluster, outputs={**cluster.outputs, "version": "1.35"}))
    assert loaded(stack_file("dev")).cluster.control_plane_version == "1.36"
    said = refused(changed("cluster", version="1.37"))
    assert 'cluster.version is 1.37\n    needs "1.36" first: EKS upgrades from 1.35 one minor at a time' in said


def test_the_addresses_of_a_vpc_and_of_services_are_for_life(account: Store) -> None:
    said = refused(changed("network", cidr="10.77.0.0/16"))
    assert "openmarket:network.cidr is 10.77.0.0/16\n    needs 10.10.0.0/16, with which the VPC was created" in said
    said = refused(changed("cluster", serviceCidr="172.21.0.0/16"))
    assert "openmarket:cluster.serviceCidr is 172.21.0.0/16\n    needs 172.20.0.0/16, with which EKS" in said


def test_a_cache_that_aws_has_moved_to_valkey_is_told(account: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    cache(account, "valkey", "7.2.6")
    assert loaded(changed("cache", engine="redis")).data.cache.upgraded_by_aws
    (told,) = warnings
    assert 'openmarket:cache.engine is redis\n    needs valkey with engineVersion "7.2", which the cache' in told


@pytest.mark.parametrize(
    ("engine", "version"), [("valkey", "8.2.0"), ("valkey", "8.0.1"), ("redis", "7.1.0"), ("", "")]
)
def test_a_cache_of_the_configured_version_or_an_older_one_is_upgraded_by_the_program(
    account: Store, engine: str, version: str
) -> None:
    if engine:
        cache(account, engine, version)
    assert not loaded(stack_file("dev")).data.cache.upgraded_by_aws


@pytest.mark.parametrize("description", ["ElastiCache openmarket-dev-cache-001", "somebody's"])
def test_a_cache_that_is_only_being_made_stops_no_run(account: Store, description: str) -> None:
    interface_of_cache(account, description)
    assert not loaded(stack_file("dev")).data.cache.upgraded_by_aws


def test_a_zone_can_be_added_and_the_control_plane_stays_where_it_is(account: Store) -> None:
    wanted = changed("network", zones=["a", "b", "c"])
    existing = loaded(wanted).cluster.existing
    assert existing is not None
    assert (existing.control_plane_zones, existing.zones) == (("a", "c"), ("a", "c"))
    subnets(account, "b")
    existing = loaded(wanted).cluster.existing
    assert existing is not None
    assert (existing.control_plane_zones, existing.zones) == (("a", "c"), ("a", "b", "c"))


def test_no_zone_is_taken_away(account: Store) -> None:
    said = refused(changed("network", zones=["a", "b"]))
    assert 'openmarket:network.zones is ["a", "b"]\n    needs c to stay in the list' in said
    assert "the control plane stays in c" in said
    subnets(account, "b")
    assert "databases, nodes and the load balancer may be in b" in refused(stack_file("dev"))


@pytest.mark.parametrize(("created", "configured"), [("perStack", "perStore"), ("perStore", "perStack")])
def test_a_cluster_keeps_its_key(account: Store, created: str, configured: str) -> None:
    tagged(account, created)
    said = refused(changed("encryption", keys=configured))
    assert (
        f"openmarket:encryption.keys is {configured}\n    needs {created}, with which the cluster was created" in said
    )
    assert loaded(changed("encryption", keys=created)).cluster.existing is not None


def test_a_cluster_without_the_tag_gets_it(account: Store) -> None:
    tagged(account, None)
    existing = loaded(changed("encryption", keys="perStore")).cluster.existing
    assert existing is not None
    assert existing.keys is None


def test_no_smaller_maximum_ends_nodes_that_the_autoscaler_added(
    account: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refused(sizes(max=9))
    assert "openmarket:cluster.nodeGroups.general.max is 9\n    needs 10 or more for now" in said
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    loaded(sizes(max=9))
    assert ["needs 10 or more for now" in each for each in warnings] == [True]
