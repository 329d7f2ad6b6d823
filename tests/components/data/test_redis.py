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
