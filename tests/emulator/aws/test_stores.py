"""Delete rules of what holds data, and of keys and secrets that wait for their deletion."""

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import images, tokens
from emulator.aws.types.ecr import IMAGE
from emulator.plugins.provider import ProviderError
from emulator.store import PENDING_DELETION, StoredObject

RDS = "aws:rds/cluster:Cluster"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
BUCKET = "aws:s3/bucket:Bucket"
REPOSITORY = "aws:ecr/repository:Repository"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
CERTIFICATE = "aws:acm/certificate:Certificate"


def aurora(account: Account, **inputs: object) -> str:
    network = networks.build(account)
    group = account.create("aws:rds/subnetGroup:SubnetGroup", subnetIds=network.private)
    made = account.create(
        RDS, "db", clusterIdentifier="shop", engine="aurora-mysql", dbSubnetGroupName=group["name"], **inputs
    )
    return str(made["id"])


def test_a_key_waits_for_its_deletion_and_is_not_usable_meanwhile(account: Account) -> None:
    key = account.create(tokens.KEY, deletionWindowInDays=7)
    account.delete(tokens.KEY, key["id"])
    stored = account.store.get(tokens.KEY, key["id"])
    assert stored is not None
    assert stored.status == PENDING_DELETION
    with pytest.raises(ProviderError, match="targetKeyId"):
        account.create("aws:kms/alias:Alias", name="alias/shop", targetKeyId=key["id"])


def test_deletion_protection_and_the_final_snapshot_of_a_database(account: Account) -> None:
    cluster = aurora(account, deletionProtection=True)
    with pytest.raises(ProviderError, match="deletionProtection"):
        account.delete(RDS, cluster)
    account.update(RDS, cluster, deletionProtection=False)
    with pytest.raises(ProviderError, match="finalSnapshotIdentifier is required"):
        account.delete(RDS, cluster)
    account.update(RDS, cluster, finalSnapshotIdentifier="shop-final")
    account.delete(RDS, cluster)
    assert account.store.get("aws:rds/clusterSnapshot:ClusterSnapshot", "shop-final") is not None


def test_instances_hold_their_cluster_and_the_first_writes(account: Account) -> None:
    cluster = aurora(account, skipFinalSnapshot=True)
    instances = [
        account.create(
            "aws:rds/clusterInstance:ClusterInstance", f"db-{number}",
            clusterIdentifier=cluster, engine="aurora-mysql", instanceClass="db.t4g.medium",
        )
        for number in range(2)
    ]  # fmt: skip
    assert [instance["writer"] for instance in instances] == [True, False]
    assert {instance["availabilityZone"] for instance in instances} == {"ap-northeast-2a", "ap-northeast-2b"}
    with pytest.raises(ProviderError, match="DependencyViolation"):
        account.delete(RDS, cluster)


def test_a_secret_keeps_its_name_through_the_recovery_window(account: Account) -> None:
    secret = account.create(SECRET, name="shop-credentials")
    account.create(VERSION, secretId=secret["id"], secretString="s3cret-value")
    account.delete(SECRET, secret["id"])
    assert account.store.find(VERSION) == []
    with pytest.raises(ProviderError, match="scheduled for deletion"):
        account.create(SECRET, name="shop-credentials")


def test_without_a_window_the_name_is_free_at_once(account: Account) -> None:
    secret = account.create(SECRET, name="shop-credentials", recoveryWindowInDays=0)
    account.delete(SECRET, secret["id"])
    account.create(SECRET, name="shop-credentials")


def test_full_buckets_and_repositories_stay_unless_forced(account: Account) -> None:
    cases = (
        (BUCKET, "forceDestroy", "bucket", "BucketNotEmpty", "aws:s3/bucketObject:BucketObject", "bucket"),
        (REPOSITORY, "forceDelete", "name", "RepositoryNotEmpty", "aws:ecr/image:Image", "repositoryName"),
    )
    for type_, force, name, error, content, owner in cases:
        made = account.create(type_, **{name: "shop"})
        with account.store.transaction() as transaction:
            transaction.put(StoredObject(content, "one", outputs={owner: "shop"}))
        with pytest.raises(ProviderError, match=error):
            account.delete(type_, made["id"])
        account.update(type_, made["id"], **{force: True})
        account.delete(type_, made["id"])


def test_redis_arguments_that_need_each_other(account: Account) -> None:
    with pytest.raises(ProviderError, match="transitEncryptionEnabled"):
        account.create(CACHE, description="cache", authToken="a" * 32)
    with pytest.raises(ProviderError, match="numCacheClusters"):
        account.create(CACHE, description="cache", automaticFailoverEnabled=True)
    made = account.create(CACHE, "cache", description="cache", transitEncryptionEnabled=True, numCacheClusters=2)
    assert made["primaryEndpointAddress"].startswith(f"master.{made['id']}.")
    assert len(made["memberClusters"]) == 2


def test_changes_that_keep_the_data(account: Account) -> None:
    cluster = aurora(account, engineVersion="8.0.mysql_aurora.3.10.4", backupRetentionPeriod=1, skipFinalSnapshot=True)
    resource = account.resource(RDS, cluster)
    change = {"engineVersion": "8.0.mysql_aurora.3.10.5", "backupRetentionPeriod": 7, "masterPassword": "longer"}
    assert not account.provider.diff(resource, {**resource.inputs, **change}).replaces
    assert account.provider.diff(resource, {**resource.inputs, "databaseName": "x"}).replaces == {"databaseName"}


def test_a_certificate_is_issued_once_its_records_exist(account: Account) -> None:
    certificate = account.create(
        CERTIFICATE, domainName="shop.example.com", subjectAlternativeNames=["*.shop.example.com"],
        validationMethod="DNS",
    )  # fmt: skip
    options = certificate["domainValidationOptions"]
    assert options[0]["resourceRecordName"] == options[1]["resourceRecordName"]
    with pytest.raises(ProviderError, match=r"shop\.example\.com needs the record"):
        account.create("aws:acm/certificateValidation:CertificateValidation", certificateArn=certificate["arn"])
    account.create(
        "aws:route53/record:Record", zoneId="Z1", name=options[0]["resourceRecordName"], type="CNAME", ttl=60,
        records=[options[0]["resourceRecordValue"]],
    )  # fmt: skip
    account.create("aws:acm/certificateValidation:CertificateValidation", certificateArn=certificate["arn"])


def test_cloudfronts_certificate_and_firewall_live_in_virginia(account: Account) -> None:
    certificate = account.create(CERTIFICATE, domainName="static.example.com", validationMethod="DNS")
    with pytest.raises(ProviderError, match="us-east-1"):
        account.create(
            "aws:cloudfront/distribution:Distribution", enabled=True, origins=[], restrictions={},
            defaultCacheBehavior={}, aliases=["static.example.com"],
            viewerCertificate={"acmCertificateArn": certificate["arn"]},
        )  # fmt: skip
    visibility = {"cloudwatchMetricsEnabled": True, "metricName": "m", "sampledRequestsEnabled": True}
    arguments = {"scope": "CLOUDFRONT", "defaultAction": {"allow": {}}, "visibilityConfig": visibility}
    with pytest.raises(ProviderError, match="us-east-1"):
        account.create("aws:wafv2/webAcl:WebAcl", **arguments)
    acl = account.create("aws:wafv2/webAcl:WebAcl", **arguments, region="us-east-1")
    assert acl["arn"].startswith("arn:aws:wafv2:us-east-1:123456789012:global/webacl/")


def test_pushed_images_go_with_their_repository(account: Account) -> None:
    with pytest.raises(LookupError, match="there is no repository shop"):
        images.push(account.store, "shop", "1.0")
    made = account.create(REPOSITORY, name="shop", forceDelete=True)
    image = images.push(account.store, "shop", "1.0")
    assert image.startswith(f"{made['repositoryUrl']}@sha256:")
    assert {stored.id for stored in account.store.find(IMAGE)} == {image, f"{made['repositoryUrl']}:1.0"}
    assert images.push(account.store, "shop", "1.1") != image
    account.delete(REPOSITORY, "shop")
    assert account.store.find(IMAGE) == []
