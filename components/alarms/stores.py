"""Alarms about database and cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.alarms.definition import Alarm, Comparison, Metric, Severity
from components.config.database import SERVERLESS

if TYPE_CHECKING:
    import pulumi

    from components.config import CacheConfig, DatabaseConfig

RDS, ELASTICACHE = "AWS/RDS", "AWS/ElastiCache"
_GIB = 1024**3
_BUSY_PERCENT = 90
_FULL_PERCENT = 80
_LEAST_MEMORY = _GIB // 4
_LEAST_TEMPORARY = _GIB
_LEAST_VOLUME = 1024 * _GIB
_LAG_MILLISECONDS = 1000
_CACHE_LAG_SECONDS = 5
_FAILED_LOGINS = 1
_ONLY_NODE = "0001"
"""What ElastiCache calls the node of what it calls a cluster: a replication group has a cluster per node."""
_TWO_PROCESSORS = ("micro", "small", "medium", "large")

# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html#max_connections
_CONNECTIONS = {
    "small": 45, "medium": 90, "large": 1000, "xlarge": 2000, "2xlarge": 3000, "4xlarge": 4000, "8xlarge": 5000,
    "12xlarge": 6000, "16xlarge": 6000, "24xlarge": 7000,
}  # fmt: skip
_LARGEST = 24
_BURSTABLE_LARGE = 135
_CONNECTIONS_OF_UNITS = ((128, 5000), (64, 4000), (32, 3000), (16, 2000), (8, 1000), (4, 135), (0, 90))
"""Connections of a serverless instance from these highest capacity units on, which have 2 GiB of memory each."""


@dataclass(frozen=True)
class Data:
    """What the alarms about database and cache watch."""

    database: pulumi.Input[str]
    """The Aurora cluster's identifier."""
    database_settings: DatabaseConfig
    cache_nodes: Sequence[pulumi.Input[str]]
    """Identifiers of the cache's nodes."""
    cache_settings: CacheConfig


def connections(settings: DatabaseConfig) -> int:
    """The number of connections that an instance takes unless a parameter says otherwise.

    For a size that is not known, the number of one that is smaller.
    """
    if settings.instance_class == SERVERLESS:
        units = settings.serverless_capacity[1]
        return next(count for least, count in _CONNECTIONS_OF_UNITS if units >= least)
    family, _, size = settings.instance_class.removeprefix("db.").partition(".")
    if family.startswith("t") and size == "large":
        return _BURSTABLE_LARGE
    multiple = size.removesuffix("xlarge")
    largest = multiple.isdigit() and int(multiple) > _LARGEST
    return _CONNECTIONS.get(size, _CONNECTIONS[f"{_LARGEST}xlarge" if largest else "large"])


def alarms(data: Data) -> Iterator[Alarm]:
    """The alarms about both."""
    yield from _database(data)
    for number, node in enumerate(data.cache_nodes, 1):
        yield from _cache(f"{number:03}", node, data.cache_settings)


def _database(data: Data) -> Iterator[Alarm]:
    """Metrics: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html

    By cluster, the maximum is that of the instance with the highest value.
    """
    settings, warning, critical = data.database_settings, Severity.WARNING, Severity.CRITICAL

    def metric(name: str, statistic: str) -> Metric:
        return Metric(RDS, name, statistic, {"DBClusterIdentifier": data.database})

    yield Alarm(
        "database-cpu",
        f"A database instance has used more than {_BUSY_PERCENT} % of its processors for 15 minutes: pages get slow.",
        *(warning, metric("CPUUtilization", "Maximum"), Comparison.ABOVE, _BUSY_PERCENT, 3),
    )
    limit = connections(settings)
    yield Alarm(
        "database-connections",
        f"A database instance has more than {_FULL_PERCENT} % of its {limit} connections open: the next pods get none.",
        *(critical, metric("DatabaseConnections", "Maximum"), Comparison.ABOVE, limit * _FULL_PERCENT // 100, 1),
    )
    yield Alarm(
        "database-memory",
        "A database instance is nearly out of memory: it is about to swap, or to restart.",
        *(warning, metric("FreeableMemory", "Minimum"), Comparison.BELOW, _LEAST_MEMORY, 3),
    )
    yield Alarm(
        "database-volume",
        "The database's volume has less than 1 TiB left of the most that Aurora gives: orders fail when it is full.",
        *(critical, metric("AuroraVolumeBytesLeftTotal", "Minimum"), Comparison.BELOW, _LEAST_VOLUME, 1),
    )
    yield Alarm(
        "database-logins",
        "Logins to the database fail, more than one a second: a wrong secret, or somebody guesses.",
        *(warning, metric("LoginFailures", "Maximum"), Comparison.ABOVE, _FAILED_LOGINS, 1),
    )
    if units := settings.serverless_capacity:
        yield Alarm(
            "database-capacity",
            f"The database has used all of its {units[1]:g} capacity units for 15 minutes: pages get slow.",
            *(warning, metric("ACUUtilization", "Maximum"), Comparison.AT_LEAST, 99, 3),
        )
    else:
        yield Alarm(
            "database-storage",
            "A database instance has less than 1 GiB for temporary tables: large sorts and index builds fail.",
            *(warning, metric("FreeLocalStorage", "Minimum"), Comparison.BELOW, _LEAST_TEMPORARY, 1),
        )
    if settings.instances > 1:
        yield Alarm(
            "database-replica-lag",
            "Readers are more than a second behind the writer: customers do not see what they have just changed.",
            *(warning, metric("AuroraReplicaLagMaximum", "Maximum"), Comparison.ABOVE, _LAG_MILLISECONDS, 2),
        )


def _cache(number: str, node: pulumi.Input[str], settings: CacheConfig) -> Iterator[Alarm]:
    """Metrics: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html

    The engine has one thread. For a node with two processors AWS recommends to watch both, which that thread can use by
    half: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
    """
    warning = Severity.WARNING

    def metric(name: str, statistic: str) -> Metric:
        return Metric(ELASTICACHE, name, statistic, {"CacheClusterId": node, "CacheNodeId": _ONLY_NODE})

    small = settings.node_type.rpartition(".")[2] in _TWO_PROCESSORS
    percent = _BUSY_PERCENT // 2 if small else _BUSY_PERCENT
    yield Alarm(
        "cache-cpu",
        f"A cache node has used more than {percent} % of its processors for 15 minutes: every page waits for it.",
        *(warning, metric("CPUUtilization" if small else "EngineCPUUtilization", "Maximum")),
        *(Comparison.ABOVE, percent, 3, number),
    )
    yield Alarm(
        "cache-memory",
        f"A cache node has more than {_FULL_PERCENT} % of its memory in use: soon it drops carts and sessions.",
        *(warning, metric("DatabaseMemoryUsagePercentage", "Maximum"), Comparison.ABOVE, _FULL_PERCENT, 1, number),
    )
    yield Alarm(
        "cache-evictions",
        "A cache node is full and drops what it holds: customers lose carts and sessions.",
        *(warning, metric("Evictions", "Sum"), Comparison.ABOVE, 0, 1, number),
    )
    if settings.nodes > 1:
        yield Alarm(
            "cache-replication",
            f"A cache node is more than {_CACHE_LAG_SECONDS} s behind the primary: a failover would lose as much.",
            *(warning, metric("ReplicationLag", "Maximum"), Comparison.ABOVE, _CACHE_LAG_SECONDS, 1, number),
        )
