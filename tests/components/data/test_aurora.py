"""Aurora: sizes, parameters, instances and monitoring."""

import pytest

from tests.components.program import Deployed, run_program, with_settings

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
