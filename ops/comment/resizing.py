"""Finds what a change of a database's or cache's size does to its memory, and when AWS makes the change."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from analysis.instance_sizes import GIB_PER_ACU, cache_memory, database_memory
from analysis.preview import State
from ops.comment.changes import Change
from ops.comment.facts import When
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.properties import mapping
from ops.comment.size_facts import Resized

_CLUSTER = "aws:rds/cluster:Cluster"
_WINDOWS = ("preferredMaintenanceWindow", "maintenanceWindow")
_CAPACITY = "serverlessv2ScalingConfiguration"

RESIZING = ("instanceClass", "nodeType")
"""Properties with the size of an instance or of cache nodes."""


def windows(states: Iterable[State]) -> dict[str, str]:
    """Return the maintenance windows of the database clusters, by identifier."""
    clusters = (state for state in states if state.type == _CLUSTER)
    found = ((state.inputs.get("clusterIdentifier"), _of(state, "preferredMaintenanceWindow")) for state in clusters)
    return {name: window for name, window in found if isinstance(name, str)}


def when(change: Change, cluster_windows: Mapping[str, str]) -> When:
    """Return when AWS makes a change that could wait, by the resource's own window or else by its cluster's."""
    new, old = change.step.new, change.step.old
    if new is None or new.inputs.get("applyImmediately") is not False:
        return When(waits=False)
    own = [_of(state, key) for state in (new, old) if state for key in _WINDOWS]
    of_cluster = cluster_windows.get(str(new.inputs.get("clusterIdentifier")), "")
    return When(waits=True, window=next(filter(None, own), of_cluster))


def resized(change: Change) -> Resized | None:
    """Return the sizes of an instance or of cache nodes before and after; None if they do not change."""
    for entry in change.entries:
        match change.type, entry.path:
            case "aws:rds/clusterInstance:ClusterInstance", "instanceClass":
                return _resized(entry.old, entry.new, database_memory)
            case "aws:elasticache/replicationGroup:ReplicationGroup", "nodeType":
                return _resized(entry.old, entry.new, cache_memory)
            case _:
                pass
    return None


def serverless_capacity(change: Change) -> Iterator[Finding]:
    """Yield a finding for another maximum of a serverless database: it takes effect without a restart."""
    old, new = change.step.old, change.step.new
    if change.type != _CLUSTER or old is None or new is None:
        return
    units = [mapping(state.inputs.get(_CAPACITY)).get("maxCapacity") for state in (old, new)]
    if units[0] == units[1] or not all(isinstance(each, (int, float)) for each in units):
        return
    before, after = (Decimal(str(each)) for each in units)
    size = Resized(f"{before:f} ACU", f"{after:f} ACU", (before * GIB_PER_ACU, after * GIB_PER_ACU))
    severity = Severity.LOOK if size.smaller else Severity.NOTE
    yield Finding(severity, Kind.SCALING, change.name, change.type, size)


def _resized(old: Any, new: Any, memory: Callable[[str], Decimal | None]) -> Resized:
    before, after = (memory(each) if isinstance(each, str) else None for each in (old, new))
    return Resized(str(old), str(new), None if before is None or after is None else (before, after))


def _of(state: State, key: str) -> str:
    found = state.inputs.get(key) or state.outputs.get(key)
    return found if isinstance(found, str) else ""
