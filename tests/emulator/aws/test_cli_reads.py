"""What `aws` reads of a stack has the shape of AWS's answers, and never a secret's value."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account
from aws_models import strange

from emulator.aws import acts, cli, eks_node_groups, tokens
from emulator.aws.bucket_objects import VERSIONING
from emulator.aws.tokens import DATABASE_CLUSTER
from emulator.aws.types.rds import INSTANCE
from emulator.aws.types.s3 import OBJECT
from emulator.aws.types.secretsmanager import SECRET, VERSION

Ask = Callable[..., Any]
AURORA, CNI = "aurora-mysql", "AmazonEKS_CNI_Policy"
PASSWORD = "4-password-of-nobody"


@pytest.fixture
def ask(account: Account, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run the `aws` command on the account, and return its answer; or what it refused with."""

    def run(*arguments: str) -> Any:
        code = cli.main(["--region", "ap-northeast-2", *arguments, "--output", "json"], lambda: account.store)
        printed = capsys.readouterr()
        return json.loads(printed.out) if code == 0 else printed.err.strip()

    return run


def test_a_node_group_has_its_sizes_as_they_are_now(account: Account, ask: Ask) -> None:
    network = networks.build(account)
    networks.cluster(account, network)
    account.create(tokens.ADDON, "cni", clusterName="dev-eks", addonName="vpc-cni")
    made = networks.node_group(account, network, networks.node_role(account, *networks.NODE_POLICIES))
    eks_node_groups.resize(account.store, made, 3)
    name = made.rpartition(":")[2]
    words = ("eks", "describe-nodegroup", "--cluster-name", "dev-eks", "--nodegroup-name")
    answer = ask(*words, name)
    assert answer["nodegroup"]["scalingConfig"] == {"minSize": 1, "desiredSize": 3, "maxSize": 4}
    assert answer["nodegroup"]["nodegroupName"] == name
    assert strange("eks", "DescribeNodegroup", answer) == []
    assert "ResourceNotFoundException: No node group found for name: other" in ask(*words, "other")
    assert answer["nodegroup"]["health"] == {"issues": []}
    with account.store.transaction() as transaction:
        (group,) = transaction.find(tokens.NODE_GROUP)
        transaction.remove(tokens.ROLE, str(group.outputs["nodeRoleArn"]).rpartition("/")[2])
    answer = ask(*words, name)
    assert [each["code"] for each in answer["nodegroup"]["health"]["issues"]] == ["IamNodeRoleNotFound"]
    assert strange("eks", "DescribeNodegroup", answer) == []


def test_a_role_has_the_policies_that_it_has_now(account: Account, ask: Ask) -> None:
    arn = networks.node_role(account, CNI)
    name = arn.rpartition("/")[2]
    account.create(tokens.ROLE_POLICY, "own", role=name, policy=networks.policy("s3:GetObject"))
    managed = ask("iam", "list-attached-role-policies", "--role-name", name)
    assert [each["PolicyArn"] for each in managed["AttachedPolicies"]] == [
        "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
    ]
    assert strange("iam", "ListAttachedRolePolicies", managed) == []
    inline = ask("iam", "list-role-policies", "--role-name", name)
    assert len(inline["PolicyNames"]) == 1
    assert strange("iam", "ListRolePolicies", inline) == []
    assert "NoSuchEntity" in ask("iam", "list-role-policies", "--role-name", "other")


def test_secrets_are_listed_with_their_versions_and_without_a_value(account: Account, ask: Ask) -> None:
    for name in ("shop-dev-keys", "shop-prod-keys", "shop-dev/mailer"):
        secret = account.create(SECRET, name, name=name)
        account.create(VERSION, name, secretId=secret["id"], secretString=PASSWORD)
    account.delete(SECRET, account.create(SECRET, "old", name="shop-dev-old")["id"])
    words = ("secretsmanager", "list-secrets", "--filters", "Key=name,Values=shop-dev-")
    answer = ask(*words)
    assert [each["Name"] for each in answer["SecretList"]] == ["shop-dev-keys"]
    assert list(answer["SecretList"][0]["SecretVersionsToStages"].values()) == [["AWSCURRENT"]]
    assert PASSWORD not in json.dumps(answer)
    both = ask("secretsmanager", "list-secrets", "--filters", "Key=name,Values=shop-dev-,shop-dev/")
    assert [each["Name"] for each in both["SecretList"]] == ["shop-dev-keys", "shop-dev/mailer"]
    with_deleted = ask(*words, "--include-planned-deletion")
    assert [each["Name"] for each in with_deleted["SecretList"] if each.get("DeletedDate")] == ["shop-dev-old"]
    assert strange("secretsmanager", "ListSecrets", with_deleted) == []
    assert "filters secrets by Key=name" in ask("secretsmanager", "list-secrets", "--filters", "Key=tag-key,Values=a")


def test_a_deleted_secret_comes_back_with_its_value(account: Account, ask: Ask) -> None:
    made = account.create(SECRET, name="shop-dev-keys")
    account.create(VERSION, secretId=made["id"], secretString=PASSWORD)
    named = ("--secret-id", "shop-dev-keys")
    deleted = ask("secretsmanager", "delete-secret", *named)
    assert strange("secretsmanager", "DeleteSecret", deleted) == []
    assert ask("secretsmanager", "list-secrets")["SecretList"] == []
    assert "already scheduled for deletion" in ask("secretsmanager", "delete-secret", *named)
    assert strange("secretsmanager", "RestoreSecret", ask("secretsmanager", "restore-secret", *named)) == []
    (listed,) = ask("secretsmanager", "list-secrets")["SecretList"]
    assert list(listed["SecretVersionsToStages"].values()) == [["AWSCURRENT"]]
    assert "ResourceNotFoundException" in ask("secretsmanager", "restore-secret", "--secret-id", "other")


def test_a_deleted_object_comes_back_when_its_marker_goes(account: Account, ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "photo"
    file.write_text("pixels")
    account.create("aws:s3/bucket:Bucket", bucket="photos", forceDestroy=True)
    account.create(VERSIONING, bucket="photos", versioningConfiguration={"status": "Enabled"})
    one = ("--bucket", "photos", "--key", "media/1")
    put = ask("s3api", "put-object", *one, "--body", str(file))
    assert strange("s3", "PutObject", put) == []
    marker = ask("s3api", "delete-object", *one)
    assert strange("s3", "DeleteObject", marker) == []
    assert "404" in ask("s3api", "head-object", *one)
    listed = ask("s3api", "list-object-versions", "--bucket", "photos", "--prefix", "media/")
    assert strange("s3", "ListObjectVersions", listed) == []
    (left,) = listed["DeleteMarkers"]
    assert (left["VersionId"], left["IsLatest"]) == (marker["VersionId"], True)
    ask("s3api", "delete-object", *one, "--version-id", left["VersionId"])
    head = ask("s3api", "head-object", *one)
    assert strange("s3", "HeadObject", head) == []
    assert (head["VersionId"], head["ContentLength"]) == (put["VersionId"], 6)
    account.delete("aws:s3/bucket:Bucket", "photos")
    assert account.store.find(OBJECT) == []


def test_without_versions_an_object_is_gone(account: Account, capsys: pytest.CaptureFixture[str], ask: Ask) -> None:
    account.create("aws:s3/bucket:Bucket", bucket="photos")
    one = ("--bucket", "photos", "--key", "media/1")
    assert "VersionId" not in ask("s3api", "put-object", *one, "--body", __file__)
    assert cli.main(["s3api", "delete-object", *one], lambda: account.store) == 0
    assert "404" in ask("s3api", "head-object", *one)
    assert ask("s3api", "list-object-versions", "--bucket", "photos") == {}
    assert "NoSuchBucket" in ask("s3api", "head-object", "--bucket", "other", "--key", "a")


def test_a_folder_becomes_objects_below_a_prefix(account: Account, ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "build" / "chunks" / "[id]-1f.js"
    file.parent.mkdir(parents=True)
    file.write_text("let a")
    account.create("aws:s3/bucket:Bucket", bucket="assets")
    copy = ("s3", "cp", str(tmp_path / "build"), "s3://assets/_next/static/", "--content-type", "text/javascript")
    assert "--recursive" in ask(*copy)
    assert cli.main([*copy, "--recursive"], lambda: account.store) == 0
    listed = ask("s3api", "list-objects-v2", "--bucket", "assets", "--prefix", "_next/")
    assert strange("s3", "ListObjectsV2", listed) == []
    (found,) = listed["Contents"]
    assert (found["Key"], found["Size"]) == ("_next/static/chunks/[id]-1f.js", 5)
    head = ask("s3api", "head-object", "--bucket", "assets", "--key", found["Key"])
    assert strange("s3", "HeadObject", head) == []
    assert head["ContentType"] == "text/javascript"


def test_an_empty_list_of_objects_is_no_output(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.create("aws:s3/bucket:Bucket", bucket="assets")
    assert cli.main(["s3api", "list-objects-v2", "--bucket", "assets"], lambda: account.store) == 0
    assert capsys.readouterr().out == ""


def test_buckets_are_found_by_a_tag(account: Account, ask: Ask) -> None:
    for stack in ("dev", "prod"):
        account.create("aws:s3/bucket:Bucket", bucket=f"assets-{stack}", tags={"Name": f"shop-{stack}-assets"})
    words = ("resourcegroupstaggingapi", "get-resources", "--resource-type-filters", "s3", "--tag-filters")
    answer = ask(*words, "Key=Name,Values=shop-dev-assets")
    assert strange("resourcegroupstaggingapi", "GetResources", answer) == []
    assert [each["ResourceARN"] for each in answer["ResourceTagMappingList"]] == ["arn:aws:s3:::assets-dev"]
    assert ask(*words, "Key=Name,Values=other")["ResourceTagMappingList"] == []
    assert "Key=NAME,Values=VALUE" in ask(*words, "Key=Name")


def test_a_database_says_who_writes(account: Account, ask: Ask) -> None:
    network = networks.build(account)
    group = account.create("aws:rds/subnetGroup:SubnetGroup", subnetIds=network.private)
    made = account.create(
        DATABASE_CLUSTER, engine="aurora-mysql", dbSubnetGroupName=group["id"], skipFinalSnapshot=True
    )
    for name in ("a", "b"):
        account.create(
            INSTANCE, name, clusterIdentifier=made["id"], instanceClass="db.r7g.large", engine="aurora-mysql"
        )
    answer = ask("rds", "describe-db-clusters", "--db-cluster-identifier", made["id"])
    (cluster,) = answer["DBClusters"]
    assert cluster["Status"] == "available"
    assert [each["IsClusterWriter"] for each in cluster["DBClusterMembers"]] == [True, False]
    assert strange("rds", "DescribeDBClusters", answer) == []
    assert "DBClusterNotFoundFault" in ask("rds", "describe-db-clusters", "--db-cluster-identifier", "other")


def test_snapshots_are_made_and_listed(account: Account, ask: Ask) -> None:
    group = account.create("aws:rds/subnetGroup:SubnetGroup", subnetIds=networks.build(account).private)
    settings = {"engine": AURORA, "dbSubnetGroupName": group["id"], "skipFinalSnapshot": True}
    account.create(DATABASE_CLUSTER, clusterIdentifier="shop", **settings)
    named = ("--db-cluster-snapshot-identifier", "before")
    made = ask("rds", "create-db-cluster-snapshot", "--db-cluster-identifier", "shop", *named)
    assert strange("rds", "CreateDBClusterSnapshot", made) == []
    listed = ask("rds", "describe-db-cluster-snapshots", "--db-cluster-identifier", "shop")
    assert [each["DBClusterSnapshotIdentifier"] for each in listed["DBClusterSnapshots"]] == ["before"]
    assert strange("rds", "DescribeDBClusterSnapshots", listed) == []
    assert ask("rds", "describe-db-cluster-snapshots", *named) == listed
    assert ask("rds", "describe-db-cluster-snapshots", "--db-cluster-identifier", "other")["DBClusterSnapshots"] == []
    never = ask("rds", "describe-db-cluster-snapshots", "--db-cluster-snapshot-identifier", "never")
    assert "DBClusterSnapshotNotFoundFault" in never


def test_a_database_gives_up_its_protection(account: Account, ask: Ask) -> None:
    group = account.create("aws:rds/subnetGroup:SubnetGroup", subnetIds=networks.build(account).private)
    settings = {"engine": AURORA, "dbSubnetGroupName": group["id"], "skipFinalSnapshot": True}
    account.create(DATABASE_CLUSTER, clusterIdentifier="shop", deletionProtection=True, **settings)
    words = ("rds", "modify-db-cluster", "--db-cluster-identifier", "shop")
    assert "changes --[no-]deletion-protection, and nothing else" in ask(*words)
    answer = ask(*words, "--no-deletion-protection")
    assert strange("rds", "ModifyDBCluster", answer) == []
    account.delete(DATABASE_CLUSTER, "shop")
    assert account.store.get(DATABASE_CLUSTER, "shop") is None


def test_a_stopped_database_says_so_until_it_is_started(ask: Ask, account: Account) -> None:
    group = account.create("aws:rds/subnetGroup:SubnetGroup", subnetIds=networks.build(account).private)
    settings = {"engine": AURORA, "dbSubnetGroupName": group["id"], "skipFinalSnapshot": True}
    account.create(DATABASE_CLUSTER, clusterIdentifier="shop", **settings)
    name = ("--db-cluster-identifier", "shop")
    assert "InvalidDBClusterStateFault" in ask("rds", "start-db-cluster", *name)
    for operation, status in (("stop", "stopped"), ("start", "available")):
        answer = ask("rds", f"{operation}-db-cluster", *name)
        assert strange("rds", f"{operation.capitalize()}DBCluster", answer) == []
        assert ask("rds", "describe-db-clusters", *name)["DBClusters"][0]["Status"] == status


def test_a_version_says_when_its_support_ends(account: Account, ask: Ask) -> None:
    answer = ask("eks", "describe-cluster-versions", "--cluster-versions", "1.36")
    assert answer["clusterVersions"][0]["endOfStandardSupportDate"].startswith("2027-08-02")
    assert strange("eks", "DescribeClusterVersions", answer) == []
    networks.cluster(account, networks.build(account))
    assert "standard support of Kubernetes 1.36 ends on " in acts.end_support(account.store, "dev", "")
    asked = ask("eks", "describe-cluster-versions", "--cluster-versions", "1.36", "1.35")["clusterVersions"]
    days = [datetime.fromisoformat(each["endOfStandardSupportDate"]) - datetime.now(UTC) for each in asked]
    assert days[0].days == 29
    assert days[1].days != 29


def test_known_instance_types_are_offered_in_every_zone(ask: Ask) -> None:
    words = ("ec2", "describe-instance-type-offerings", "--location-type", "availability-zone", "--filters")
    answer = ask(*words, "Name=instance-type,Values=t4g.medium,x9.huge")
    offered = {(each["InstanceType"], each["Location"]) for each in answer["InstanceTypeOfferings"]}
    assert offered == {("t4g.medium", f"ap-northeast-2{zone}") for zone in "abcd"}
    assert strange("ec2", "DescribeInstanceTypeOfferings", answer) == []
    assert "filters by Name=instance-type" in ask(*words, "Name=location,Values=ap-northeast-2a")


def test_a_database_is_offered_in_every_zone(ask: Ask) -> None:
    words = ("rds", "describe-orderable-db-instance-options", "--engine", "aurora-mysql", "--engine-version", "3.12.0")
    answer = ask(*words, "--db-instance-class", "db.r7g.large")
    (option,) = answer["OrderableDBInstanceOptions"]
    assert {each["Name"] for each in option["AvailabilityZones"]} == {f"ap-northeast-2{zone}" for zone in "abcd"}
    assert strange("rds", "DescribeOrderableDBInstanceOptions", answer) == []


def test_the_account_has_no_quotas(ask: Ask) -> None:
    words = ("service-quotas", "get-service-quota", "--service-code", "vpc", "--quota-code", "L-F678F1CE")
    assert "NoSuchResourceException" in ask(*words)


def test_subnets_by_id_and_by_vpc(account: Account, ask: Ask) -> None:
    network = networks.build(account)
    words = ("ec2", "describe-subnets", "--filters")
    answer = ask(*words, f"Name=subnet-id,Values={network.private[0]},subnet-0")
    (found,) = answer["Subnets"]
    assert (found["VpcId"], found["AvailabilityZone"]) == (network.vpc, "ap-northeast-2a")
    assert strange("ec2", "DescribeSubnets", answer) == []
    assert len(ask(*words, f"Name=vpc-id,Values={network.vpc}")["Subnets"]) == 4
    assert ask(*words, "Name=vpc-id,Values=vpc-0")["Subnets"] == []
    assert "filters subnets by" in ask(*words, "Name=state,Values=available")


def test_the_models_notice_a_member_that_aws_does_not_have() -> None:
    assert strange("iam", "ListRolePolicies", {"Policies": []}) == [".Policies"]
    assert strange("eks", "DescribeNodegroup", {"nodegroup": {"status": "FINE"}}) == [".nodegroup.status: FINE"]
