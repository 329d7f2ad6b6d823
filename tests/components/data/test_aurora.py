"""Aurora: sizes, parameters, instances and monitoring."""

from copy import deepcopy

import pytest

from components.config import lookups
from components.config.data import Keys
from components.config.existing import ExistingCluster
from tests.components.program import Deployed, run_program, stack_file, with_settings

CLUSTER = "rds/cluster:Cluster"
INSTANCE = "rds/clusterInstance:ClusterInstance"


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


def test_parameters(deployed: Deployed) -> None:
    group = deployed.one("clusterParameterGroup:ClusterParameterGroup").inputs
    assert group["family"] == "aurora-mysql8.0"
    parameters = {parameter["name"]: parameter["value"] for parameter in group["parameters"]}
    assert parameters["character_set_server"] == "utf8mb4"
    assert parameters["require_secure_transport"] == "ON"
    assert parameters["slow_query_log"] == "1"


def test_detailed_monitoring_in_production_only(dev: Deployed, prod: Deployed) -> None:
    assert prod.one(CLUSTER).inputs["databaseInsightsMode"] == "advanced"
    assert dev.one(CLUSTER).inputs["databaseInsightsMode"] == "standard"
    for instance in prod.of(INSTANCE):
        assert instance.inputs["monitoringInterval"] == 60
        assert instance.inputs["monitoringRoleArn"].startswith("arn:aws:iam:")
        assert "data-database-instances-monitoring-policy" in prod.waits_for(instance.name)
    assert all("monitoringRoleArn" not in instance.inputs for instance in dev.of(INSTANCE))


@pytest.mark.parametrize(("stack", "immediately"), [("dev", True), ("staging", True), ("prod", False)])
def test_production_leaves_changes_to_the_maintenance_window(stack: str, immediately: bool) -> None:
    deployed = run_program(stack)
    cluster, *instances = (each.inputs for each in (deployed.one(CLUSTER), *deployed.of(INSTANCE)))
    assert cluster["applyImmediately"] is immediately
    # An instance has a window of its own, which RDS would draw by lot.
    times = {(each["applyImmediately"], each["preferredMaintenanceWindow"]) for each in (cluster, *instances)}
    assert len(times) == 1


def test_an_operator_may_change_production_at_once() -> None:
    deployed = with_settings("database", "prod", applyImmediately=True)
    made = (deployed.one(CLUSTER), *deployed.of(INSTANCE))
    assert {each.inputs["applyImmediately"] for each in made} == {True}


@pytest.mark.parametrize(
    ("there", "ignored"), [("8.0.mysql_aurora.3.99.0", True), ("8.0.mysql_aurora.3.10.4", False), ("", False)]
)
def test_a_version_that_rds_has_raised_is_not_taken_back(
    there: str, ignored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    existing = ExistingCluster(("a", "c"), ("a", "c"), Keys.PER_STACK, version="1.36", database_version=there)
    monkeypatch.setattr(lookups, "existing_cluster", lambda _: existing)
    deployed = run_program("dev", deepcopy(stack_file("dev")))
    ignores = deployed.options["data-database-cluster"].ignore_changes
    assert ignores == (["engineVersion"] if ignored else None)
