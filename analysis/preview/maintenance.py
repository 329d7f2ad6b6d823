"""Finds changes of a database or cache that AWS has accepted and keeps for the maintenance window.

Until then the provider answers with the value in use, so that each further preview lists the same change again. The
state of the last deployment tells such a change apart from one that somebody made by hand: its inputs have the wanted
value, and its outputs, which were read right after AWS had accepted it, still have the old one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.preview.model import Step
from analysis.urns import name_of


@dataclass(frozen=True)
class _Deferrable:
    """The properties of a type that AWS defers, each with the output that has the value in use."""

    window: str
    properties: Mapping[str, str]


_TYPES: Mapping[str, _Deferrable] = {
    "aws:rds/cluster:Cluster": _Deferrable("preferredMaintenanceWindow", {"engineVersion": "engineVersionActual"}),
    "aws:rds/clusterInstance:ClusterInstance": _Deferrable(
        "preferredMaintenanceWindow", {"instanceClass": "instanceClass"}
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": _Deferrable(
        "maintenanceWindow", {"nodeType": "nodeType", "engine": "engine", "engineVersion": "engineVersion"}
    ),
}


@dataclass(frozen=True)
class Waiting:
    """What of a resource waits for its maintenance window: the wanted values by property."""

    urn: str
    window: str
    wanted: Mapping[str, str]

    def __str__(self) -> str:
        return f"{name_of(self.urn)}: {waits_for(self.wanted, self.window)}"


def waits_for(wanted: Mapping[str, str], window: str) -> str:
    """Return which values of a resource wait, and for what; `window` is empty if it is not known."""
    values = ", ".join(f"{name} {value}" for name, value in wanted.items())
    until = f"the maintenance window of {window} UTC" if window else "its maintenance window"
    return f"{values} waits for {until}"


def waiting(recorded: Mapping[str, Any], now: Mapping[str, Any] | None = None) -> Waiting | None:
    """Return what waits of a resource; None if nothing does.

    Args:
        recorded: The resource as the last deployment left it: `urn`, `type`, `inputs` and `outputs`.
        now: The resource as a refresh found it. If it has another value than was left, somebody changed it, or the
            window has passed.
    """
    known = _TYPES.get(str(recorded.get("type")))
    inputs: Mapping[str, Any] = recorded.get("inputs") or {}
    left: Mapping[str, Any] = recorded.get("outputs") or {}
    found: Mapping[str, Any] = left if now is None else now.get("outputs") or {}
    if known is None or inputs.get("applyImmediately"):
        return None
    wanted = {
        name: str(inputs[name])
        for name, actual in known.properties.items()
        if name in inputs and actual in left and inputs[name] != left[actual] == found.get(actual)
    }
    return Waiting(str(recorded["urn"]), str(inputs.get(known.window) or ""), wanted) if wanted else None


def after(states: Mapping[str, Mapping[str, Any]]) -> Iterator[Waiting]:
    """Yield what waits after an update, from the resources by URN."""
    return (found for state in states.values() if (found := waiting(state)))


def before(
    states: Mapping[str, Mapping[str, Any]],
    changes: Mapping[str, Mapping[str, Any]],
    refreshes: Mapping[str, Mapping[str, Any]],
) -> Iterator[Waiting]:
    """Yield what waits already when a preview is made, and what the program still wants.

    Args:
        states: The planned resources by URN.
        changes: The planned steps by URN.
        refreshes: The steps of the refresh before the preview by URN; empty without one.
    """
    for urn, planned in states.items():
        refreshed, change = refreshes.get(urn) or {}, changes.get(urn) or {}
        recorded = refreshed.get("old") or change.get("old") or planned
        found = waiting(recorded, refreshed.get("new"))
        inputs: Mapping[str, Any] = planned.get("inputs") or {}
        if found and all(inputs.get(name) == value for name, value in found.wanted.items()):
            yield found


def accepted(step: Step) -> Waiting | None:
    """Return what waits of a planned update, if it consists of nothing but what AWS has accepted already."""
    if step.op != "update" or step.old is None or step.new is None:
        return None
    found, inputs = waiting(step.old.model_dump()), step.new.inputs
    if found is None or any(inputs.get(name) != value for name, value in found.wanted.items()):
        return None
    differing = {re.split(r"[.\[]", path, maxsplit=1)[0] for path in step.detailed_diff or ()}
    return found if step.old.inputs == inputs and differing <= found.wanted.keys() else None
