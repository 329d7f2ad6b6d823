"""What AWS does by itself, and what a refresh and an update find of it."""

import json

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import acts
from emulator.aws.types.elasticache import REPLICATION_GROUP
from emulator.plugins.provider import Call, ProviderError, Resource

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
CERTIFICATE = "aws:acm/certificate:Certificate"
OLD, NEW = "8.0.mysql_aurora.3.10.4", "8.0.mysql_aurora.3.12.0"


def database(account: Account) -> Resource:
    network = networks.build(account)
    group = account.create("aws:rds/subnetGroup:SubnetGroup", subnetIds=network.private)
    account.create(
        CLUSTER, "db", clusterIdentifier="shop", engine="aurora-mysql", engineVersion=OLD, skipFinalSnapshot=True,
        dbSubnetGroupName=group["name"],
    )  # fmt: skip
    account.create(
        INSTANCE, "db-a", clusterIdentifier="shop", identifier="shop-a", engine="aurora-mysql",
        instanceClass="db.r7g.large",
    )  # fmt: skip
    return account.resource(CLUSTER, "shop")


def test_aurora_is_upgraded_and_never_goes_back(account: Account) -> None:
    known = database(account)
    assert "from 8.0.mysql_aurora.3.10.4" in acts.upgrade_database(account.store, "dev", NEW)
    # The engine does not know, and the program says what it said before.
    assert account.provider.diff(known, known.inputs).paths == {}
    found = account.resource(CLUSTER, "shop")
    assert (found.inputs["engineVersion"], found.outputs["engineVersionActual"]) == (NEW, NEW)
    assert account.resource(INSTANCE, "shop-a").outputs["engineVersionActual"] == NEW
    with pytest.raises(ProviderError, match=f"Cannot upgrade aurora-mysql from {NEW} to {OLD}"):
        account.provider.update(found, {**found.inputs, "engineVersion": OLD}, Call())
    with pytest.raises(ValueError, match="--version is missing"):
        acts.upgrade_database(account.store, "dev", "")


def test_a_cache_is_upgraded_and_answered_to_programs(account: Account) -> None:
    cache = {"engine": "redis", "engineVersion": "7.1", "nodeType": "cache.t4g.micro", "description": "d"}
    account.create(REPLICATION_GROUP, "cache", replicationGroupId="shop", **cache)
    known = account.resource(REPLICATION_GROUP, "shop")
    with pytest.raises(ValueError, match="--version is missing"):
        acts.upgrade_cache(account.store, "dev", "")
    assert "from redis 7.1 to valkey 8.2" in acts.upgrade_cache(account.store, "dev", "8.2")
    # The engine does not know, and the program says what it said before.
    assert account.provider.diff(known, known.inputs).paths == {}
    found = account.resource(REPLICATION_GROUP, "shop")
    for property_, older in (("engine", "redis"), ("engineVersion", "7.1")):
        assert account.provider.diff(found, {**found.inputs, property_: older}).replaces == {property_}
    asked = {"clusterId": found.outputs["memberClusters"][0]}
    member = account.provider.invoke("aws:elasticache/getCluster:getCluster", asked)
    assert (member["engine"], member["engineVersion"]) == ("valkey", "8.2.0")


def test_a_reader_in_another_zone_takes_over_when_a_zone_is_lost(account: Account) -> None:
    database(account)
    lost = account.resource(INSTANCE, "shop-a").outputs["availabilityZone"]
    assert acts.lose_zone(account.store, "dev", lost) == ["shop: no reader in another zone could take over from shop-a"]
    account.create(
        INSTANCE, "db-b", clusterIdentifier="shop", identifier="shop-b", engine="aurora-mysql",
        instanceClass="db.r7g.large",
    )  # fmt: skip
    assert acts.lose_zone(account.store, "prod", lost) == []
    assert acts.lose_zone(account.store, "dev", lost) == ["shop: shop-b has taken over from shop-a"]
    assert [account.resource(INSTANCE, f"shop-{each}").outputs["writer"] for each in "ab"] == [False, True]
    # The writer is in another zone by now.
    assert acts.lose_zone(account.store, "dev", lost) == []


def test_a_program_that_ignores_the_version_goes_on_changing_the_rest(account: Account) -> None:
    known = database(account)
    acts.upgrade_database(account.store, "dev", NEW)
    for _ in range(2):
        known = Resource(
            known.urn, known.type, known.name, known.id, known.inputs, known.outputs, ignored=("engineVersion",)
        )
        inputs = {**known.inputs, "backupRetentionPeriod": known.inputs.get("backupRetentionPeriod", 1) + 1}
        assert set(account.provider.diff(known, inputs).paths) == {"backupRetentionPeriod"}
        outputs = account.provider.update(known, inputs, Call())
        assert outputs["engineVersionActual"] == NEW
        known = Resource(known.urn, known.type, known.name, known.id, inputs, outputs)


def test_the_version_in_use_is_answered_to_programs(account: Account) -> None:
    ask = {"filters": [{"name": "db-cluster-id", "values": ["shop"]}]}
    assert account.provider.invoke("aws:rds/getClusters:getClusters", ask)["clusterIdentifiers"] == []
    database(account)
    assert account.provider.invoke("aws:rds/getClusters:getClusters", ask)["clusterIdentifiers"] == ["shop"]
    asked = "aws:rds/getCluster:getCluster", {"clusterIdentifier": "shop"}
    account.update(CLUSTER, "shop", engineVersion=NEW)
    assert account.provider.invoke(*asked)["engineVersion"] == OLD  # the other one waits for the window
    acts.upgrade_database(account.store, "dev", NEW)
    assert account.provider.invoke(*asked)["engineVersion"] == NEW


def test_log_delivery_appends_a_statement_and_keeps_the_others(account: Account) -> None:
    bucket = account.create("aws:s3/bucket:Bucket", bucket="logs")["id"]
    own = {"Version": "2012-10-17", "Statement": [{"Sid": "TlsOnly"}]}
    account.create("aws:s3/bucketPolicy:BucketPolicy", bucket=bucket, policy=json.dumps(own))
    place = {"destinationResourceArn": "arn:aws:s3:::logs/cloudfront"}
    account.create(
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        name="to",
        deliveryDestinationConfiguration=place,
    )
    source = account.create(
        "aws:cloudwatch/logDeliverySource:LogDeliverySource", name="from", logType="ACCESS_LOGS",
        resourceArn="arn:aws:cloudfront::123456789012:distribution/E1",
    )  # fmt: skip
    acts.deliver_logs(account.store, "dev", "")
    found = account.resource("aws:s3/bucketPolicy:BucketPolicy", bucket)
    assert found.inputs["policy"] == found.outputs["policy"]
    first, appended = json.loads(found.inputs["policy"])["Statement"]
    assert first == {"Sid": "TlsOnly"}
    assert appended["Condition"]["ArnLike"] == {"aws:SourceArn": source["arn"]}


def test_a_renewed_certificate_keeps_its_arn_and_its_inputs(account: Account) -> None:
    made = account.create(CERTIFICATE, domainName="shop.example.com", validationMethod="DNS")
    before = account.resource(CERTIFICATE, made["id"])
    assert acts.renew_certificates(account.store, "dev", "") == "ACM has renewed shop.example.com"
    after = account.resource(CERTIFICATE, made["id"])
    assert after.outputs["renewalSummaries"][0]["renewalStatus"] == "SUCCESS"
    assert (after.outputs["arn"], after.inputs) == (before.outputs["arn"], before.inputs)


@pytest.mark.parametrize("act", sorted(acts.ACTS))
def test_what_a_stack_does_not_have_is_said(account: Account, act: str) -> None:
    with pytest.raises(ValueError, match=r"the stack 'dev' has no aws:.* on the emulator"):
        acts.ACTS[act](account.store, "dev", "9")
