"""Database and cache: sizes, reach, logs, and what production keeps."""

from copy import deepcopy

from tests.components.program import Deployed, run_program, stack_file

CLUSTER = "rds/cluster:Cluster"
INSTANCE = "rds/clusterInstance:ClusterInstance"
GROUP = "elasticache/replicationGroup:ReplicationGroup"
LOG_GROUP = "logGroup:LogGroup"


def test_no_upgrade_behind_our_back(deployed: Deployed) -> None:
    assert deployed.one(GROUP).inputs["autoMinorVersionUpgrade"] is False
    assert all(instance.inputs["autoMinorVersionUpgrade"] is False for instance in deployed.of(INSTANCE))


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
