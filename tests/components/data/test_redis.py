"""The cache: sizes and engines."""

import pytest

from tests.components.program import run_program, with_settings

GROUP = "elasticache/replicationGroup:ReplicationGroup"


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


@pytest.mark.parametrize(("stack", "immediately"), [("dev", True), ("staging", True), ("prod", False)])
def test_production_leaves_changes_to_the_maintenance_window(stack: str, immediately: bool) -> None:
    inputs = run_program(stack).one(GROUP).inputs
    assert inputs["applyImmediately"] is immediately
    assert inputs["maintenanceWindow"] == "sun:18:00-sun:19:00"


def test_an_operator_may_change_production_at_once() -> None:
    assert with_settings("cache", "prod", applyImmediately=True).one(GROUP).inputs["applyImmediately"] is True
