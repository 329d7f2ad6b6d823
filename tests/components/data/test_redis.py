"""The cache: sizes and engines."""

import pytest

from components.config import Keys, lookups
from components.config.data import CacheEngine, CacheVersion
from components.config.existing import ExistingCluster
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


@pytest.mark.parametrize(
    ("configured", "there", "ignored"),
    [
        (("valkey", "8.0"), (CacheEngine.VALKEY, "8.2"), True),
        (("valkey", "8.2"), (CacheEngine.VALKEY, "8.2"), False),
        (("valkey", "8.2"), (CacheEngine.VALKEY, "8.0"), False),
        (("redis", "7.1"), (CacheEngine.VALKEY, "7.2"), True),
        (("valkey", "7.2"), (CacheEngine.REDIS, "7.1"), False),
        (("valkey", "8.2"), None, False),
    ],
)
def test_what_elasticache_has_upgraded_is_not_taken_back(
    configured: tuple[str, str],
    there: tuple[CacheEngine, str] | None,
    ignored: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache = CacheVersion(*there) if there else None
    existing = ExistingCluster(("a", "c"), ("a", "c"), Keys.PER_STACK, version="1.36", cache=cache)
    monkeypatch.setattr(lookups, "existing_cluster", lambda _: existing)
    engine, version = configured
    deployed = with_settings("cache", engine=engine, engineVersion=version)
    ignores = deployed.options["data-cache-group"].ignore_changes
    assert ignores == (["engine", "engineVersion"] if ignored else None)
