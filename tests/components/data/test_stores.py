"""Database and cache: sizes, reach, logs, and what production keeps."""

from copy import deepcopy
from typing import Any

import pytest

from tests.components.program import Deployed, run_program, stack_file

CLUSTER = "rds/cluster:Cluster"
INSTANCE = "rds/clusterInstance:ClusterInstance"
GROUP = "elasticache/replicationGroup:ReplicationGroup"
LOG_GROUP = "logGroup:LogGroup"
DATA = "data-database", "data-cache"


def with_settings(section: str, stack: str = "dev", **changes: Any) -> Deployed:
    settings = deepcopy(stack_file(stack))
    settings[f"openmarket:{section}"] |= changes
    return run_program(stack, settings)


@pytest.mark.parametrize(
    ("stack", "instance_class", "instances", "backup_days"),
    [("dev", "db.serverless", 1, 1), ("staging", "db.t4g.medium", 2, 7), ("prod", "db.r7g.large", 2, 30)],
)
def test_database_sizes(stack: str, instance_class: str, instances: int, backup_days: int) -> None:
    deployed = run_program(stack)
    made = deployed.of(INSTANCE)
    assert [instance.inputs["instanceClass"] for instance in made] == [instance_class] * instances
    assert deployed.one(CLUSTER).inputs["backupRetentionPeriod"] == backup_days
    assert ("serverlessv2ScalingConfiguration" in deployed.one(CLUSTER).inputs) is (stack == "dev")


def test_serverless_capacity(dev: Deployed) -> None:
    scaling = dev.one(CLUSTER).inputs["serverlessv2ScalingConfiguration"]
    assert scaling == {"minCapacity": 0, "maxCapacity": 2}


@pytest.mark.parametrize(
    ("stack", "node_type", "nodes"),
    [("dev", "cache.t4g.micro", 1), ("staging", "cache.t4g.micro", 2), ("prod", "cache.t4g.small", 2)],
)
def test_cache_sizes(stack: str, node_type: str, nodes: int) -> None:
    inputs = run_program(stack).one(GROUP).inputs
    assert (inputs["engine"], inputs["engineVersion"]) == ("valkey", "8.2")
    assert (inputs["nodeType"], inputs["numCacheClusters"]) == (node_type, nodes)
    assert inputs["multiAzEnabled"] is inputs["automaticFailoverEnabled"] is (nodes > 1)


def test_redis_oss_on_request() -> None:
    inputs = with_settings("cache", engine="redis").one(GROUP).inputs
    assert (inputs["engine"], inputs["engineVersion"]) == ("redis", "7.1")


def test_instances_are_in_different_zones(prod: Deployed) -> None:
    # By name, as which of them is registered first is left to the engine.
    made = sorted(prod.of(INSTANCE), key=lambda instance: instance.name)
    assert [instance.inputs["availabilityZone"] for instance in made] == ["ap-northeast-2a", "ap-northeast-2b"]
    assert [instance.inputs["promotionTier"] for instance in made] == [0, 1]


def test_another_reader_changes_no_instance(prod: Deployed) -> None:
    before = {instance.name: instance.inputs for instance in prod.of(INSTANCE)}
    after = {i.name: i.inputs for i in with_settings("database", "prod", instances=3).of(INSTANCE)}
    assert len(after) == 3
    assert all(after[name] == inputs for name, inputs in before.items())


def test_no_upgrade_behind_our_back(deployed: Deployed) -> None:
    assert deployed.one(GROUP).inputs["autoMinorVersionUpgrade"] is False
    assert all(instance.inputs["autoMinorVersionUpgrade"] is False for instance in deployed.of(INSTANCE))


def test_parameters(deployed: Deployed) -> None:
    group = deployed.one("clusterParameterGroup:ClusterParameterGroup").inputs
    assert group["family"] == "aurora-mysql8.0"
    parameters = {parameter["name"]: parameter["value"] for parameter in group["parameters"]}
    assert parameters["character_set_server"] == "utf8mb4"
    assert parameters["require_secure_transport"] == "ON"
    assert parameters["slow_query_log"] == "1"


def test_stores_live_in_data_subnets(deployed: Deployed) -> None:
    subnets = {subnet.inputs["cidrBlock"] for subnet in deployed.of("ec2/subnet:Subnet") if "-data-" in subnet.name}
    for kind in ("rds/subnetGroup:SubnetGroup", "elasticache/subnetGroup:SubnetGroup"):
        assert len(deployed.one(kind).inputs["subnetIds"]) == len(subnets)
    assert all(not instance.inputs["publiclyAccessible"] for instance in deployed.of(INSTANCE))


@pytest.mark.parametrize(("store", "port", "type_"), [(DATA[0], 3306, CLUSTER), (DATA[1], 6379, GROUP)])
def test_only_pods_connect(dev: Deployed, store: str, port: int, type_: str) -> None:
    pods = dev.one(":SecurityGroupIngressRule", "public-ingress-load-balancer-pods-from-load-balancer-3000").inputs[
        "securityGroupId"
    ]
    rule = dev.one(":SecurityGroupIngressRule", f"{store}-access-from-pods").inputs
    assert (rule["fromPort"], rule["toPort"], rule["referencedSecurityGroupId"]) == (port, port, pods)
    inputs = dev.one(type_).inputs
    groups = inputs["vpcSecurityGroupIds"] if type_ == CLUSTER else inputs["securityGroupIds"]
    assert groups == [rule["securityGroupId"]]
    rules = [*dev.of(":SecurityGroupIngressRule"), *dev.of(":SecurityGroupEgressRule")]
    assert [r.name for r in rules if r.inputs["securityGroupId"] in groups] == [f"{store}-access-from-pods"]


def test_connections_are_encrypted(deployed: Deployed) -> None:
    inputs = deployed.one(GROUP).inputs
    assert inputs["transitEncryptionEnabled"] is True
    assert inputs["transitEncryptionMode"] == "required"
    assert inputs["authTokenUpdateStrategy"] == "ROTATE"


def test_logs_go_to_groups_of_ours_that_come_first(prod: Deployed) -> None:
    exports = prod.one(CLUSTER).inputs["enabledCloudwatchLogsExports"]
    assert prod.dependencies("data-database-cluster") == {f"data-database-{export}-log" for export in exports}
    for export in exports:
        group = prod.one(LOG_GROUP, f"data-database-{export}-log").inputs
        assert group["name"] == f"/aws/rds/cluster/openmarket-prod-aurora/{export}"
    (delivery,) = prod.one(GROUP).inputs["logDeliveryConfigurations"]
    assert delivery["destination"] == prod.one(LOG_GROUP, "data-cache-slow-log").inputs["name"]


def test_every_log_group_has_retention(deployed: Deployed) -> None:
    days = {group.inputs["retentionInDays"] for group in deployed.of(LOG_GROUP)}
    assert len(days) == 1


def test_detailed_monitoring_in_production_only(dev: Deployed, prod: Deployed) -> None:
    assert prod.one(CLUSTER).inputs["databaseInsightsMode"] == "advanced"
    assert dev.one(CLUSTER).inputs["databaseInsightsMode"] == "standard"
    for instance in prod.of(INSTANCE):
        assert instance.inputs["monitoringInterval"] == 60
        assert instance.inputs["monitoringRoleArn"].startswith("arn:aws:iam:")
        assert "data-database-instances-monitoring-policy" in prod.waits_for(instance.name)
    assert all("monitoringRoleArn" not in instance.inputs for instance in dev.of(INSTANCE))


def test_production_leaves_snapshots(dev: Deployed, prod: Deployed) -> None:
    cluster = prod.one(CLUSTER).inputs
    assert cluster["skipFinalSnapshot"] is False
    assert cluster["deleteAutomatedBackups"] is False
    assert cluster["finalSnapshotIdentifier"].startswith("openmarket-prod-aurora-final-")
    assert prod.one(GROUP).inputs["finalSnapshotIdentifier"].startswith("openmarket-prod-cache-final-")
    assert dev.one(CLUSTER).inputs["skipFinalSnapshot"] is True
    assert "finalSnapshotIdentifier" not in dev.one(GROUP).inputs


PROTECTED = {
    "aws:rds/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:s3/bucket:Bucket",
    "aws:ecr/repository:Repository",
    "aws:kms/key:Key",
}
"""All that could not be made again from this program."""


def protected(deployed: Deployed) -> set[str]:
    return {name for name, options in deployed.options.items() if options.protect}


def test_what_holds_data_is_protected(prod: Deployed) -> None:
    holding = {resource.name for resource in prod.resources if resource.type in PROTECTED}
    assert protected(prod) == holding | {"data-api-keys-secret", "addons-prometheus-namespace"}
    assert prod.one(CLUSTER).inputs["deletionProtection"] is True
    assert all(bucket.inputs["forceDestroy"] is False for bucket in prod.of("s3/bucket:Bucket"))
    assert all(repository.inputs["forceDelete"] is False for repository in prod.of("ecr/repository:Repository"))


def test_the_way_down_is_one_switch() -> None:
    settings = deepcopy(stack_file("prod"))
    settings["openmarket:deletionProtection"] = False
    deployed = run_program("prod", settings)
    assert protected(deployed) == set()
    assert deployed.one(CLUSTER).inputs["deletionProtection"] is False
    assert deployed.one(CLUSTER).inputs["skipFinalSnapshot"] is False
    assert all(bucket.inputs["forceDestroy"] is True for bucket in deployed.of("s3/bucket:Bucket"))
    assert all(repository.inputs["forceDelete"] is True for repository in deployed.of("ecr/repository:Repository"))


def test_development_gives_everything_back(dev: Deployed) -> None:
    assert protected(dev) == set()
    assert all(secret.inputs["recoveryWindowInDays"] == 0 for secret in dev.of("secretsmanager/secret:Secret"))
