"""Renders findings and errors as text. No code parses the text: every decision is made from the data."""

import re
from collections.abc import Sequence

from analysis.redaction import redacted_text
from ops.comment import amounts
from ops.comment.facts import (
    AttributeRemoved,
    CannotMove,
    Changed,
    Downtime,
    Fact,
    FirstOfItsType,
    Kept,
    LeftBehind,
    Loss,
    MaintenanceSwitched,
    ProtectRemoved,
    Removal,
    Removed,
    Renamed,
    Restarted,
    SchemaLeft,
    UnknownEffect,
)
from ops.comment.finding import Finding, Kind
from ops.comment.markdown import code
from ops.comment.names import Names
from ops.comment.size_facts import GroupLimits, NodesNeeded, Resized, Scaled, Upgraded

_URN = re.compile(r"\"?urn:pulumi:[^\"\s]+::([\w.-]+)\"?")
_TRACEBACK = "Traceback (most recent call last):\n"
REMOVAL = {Removal.REPLACED: "replaced", Removal.DELETED: "deleted"}
_KEPT = {
    Kept.NOTHING: "",
    Kept.NO_SNAPSHOT: ", as no final snapshot is taken (`skipFinalSnapshot`)",
    Kept.SNAPSHOT: "; a final snapshot is kept",
    Kept.SNAPSHOT_TO_RESTORE: "; a final snapshot is kept, which has to be restored manually",
    Kept.OBJECTS: "; AWS refuses the deletion while there are any",
    Kept.KEY_FOR_DAYS: "; the deletion can be cancelled within the deletion window",
    Kept.SECRET_FOR_DAYS: "; it can be restored within the recovery window",
}
_LEFT_BEHIND = "is removed from the stack and kept in the account: nothing manages it any more, and it goes on costing"
_SHOWN = 3
"""Number of properties that are named; the others are counted or left out."""


def describe(finding: Finding, plural: bool = False) -> str:
    """Return what happens to the finding's resource; `plural` if the sentence has several resources as its subject."""
    return _fact(finding.fact, bold=finding.kind is Kind.DATA, be="are" if plural else "is")


def downtime_text(downtime: Downtime | None) -> str:
    """Return what is unavailable for how long; empty if there is no downtime."""
    if downtime is None:
        return ""
    text = ", ".join(filter(None, (downtime.unavailable, downtime.time)))
    return f"{text}; {amounts.when(downtime.when)}" if downtime.when else text


def caused_by(finding: Finding) -> str:
    """Return the names of a finding's causes; empty if it has none."""
    return ", ".join(finding.causes)


def plain_error(error: str, names: Names) -> str:
    """Return an error without Python's stack frames, with names in place of URNs, and with secrets redacted."""
    before, mark, after = error.removeprefix("error: ").partition(_TRACEBACK)
    if mark:
        # The exception follows the stack frames, at the beginning of a line.
        parts = re.split(r"\n(?=\S)", after.rstrip())
        before = "\n".join([before.rstrip(), *(parts[1:] or parts)])
    text = _URN.sub(r"\1", names.readable(redacted_text(before)))
    return "\n".join(line.replace("\t", "  ").rstrip() for line in text.splitlines() if line.strip())


def _fact(fact: Fact, bold: bool, be: str) -> str:
    match fact:
        case Removed(removal, properties, loss):
            verb = f"**{be} {REMOVAL[removal]}**" if bold else f"{be} {REMOVAL[removal]}"
            return f"{verb}{_because(properties)}{_lost(loss)}"
        case LeftBehind():
            return _LEFT_BEHIND
        case Restarted(what, Resized() as size):
            return f"{what}: {amounts.resized(size)}"
        case Restarted(what) | CannotMove(what):
            return what
        case Renamed():
            return _renamed(fact)
        case Resized():
            return amounts.resized(fact)
        case Upgraded():
            return amounts.upgraded(fact)
        case Scaled():
            return amounts.scaled(fact)
        case NodesNeeded():
            return amounts.nodes_needed(fact)
        case GroupLimits():
            return amounts.group_limits(fact)
        case Changed(path, old, new):
            return f"{code(path)}: {code(old)} → {code(new)}"
        case AttributeRemoved(attribute):
            return f"its load balancer can be deleted: {code(attribute)} is removed"
        case MaintenanceSwitched(on, hosts):
            page = "**shows the maintenance page**" if on else "shows the maintenance page no longer"
            return f"{page} on {', '.join(code(host) for host in hosts)}"
        case SchemaLeft(schema):
            kept = f"the database keeps the schema {code(schema)} with all its data"
            return f"{be} used by no service any more: {kept}, and one under another name begins empty"
        case ProtectRemoved():
            return "the engine may delete it: its option `protect` is removed"
        case UnknownEffect(paths):
            more = f" and {len(paths) - _SHOWN} more" if paths[_SHOWN:] else ""
            return f"{_listed(paths)}{more} {_change(paths)}, with an unknown effect: review it"
        case FirstOfItsType():
            return f"{be} the first of its type in the stack: review what it exposes and allows"


def _renamed(fact: Renamed) -> str:
    left = f"; not with it: {', and '.join(fact.left)}" if fact.left else ""
    told = f"; callers read {code(fact.variables[1])} in place of {code(fact.variables[0])}" if fact.variables else ""
    return f"is the service {code(fact.old)} under another name: pods, addresses and role are made anew{left}{told}"


def _because(paths: Sequence[str]) -> str:
    return f", as {_listed(paths)} {_change(paths)}" if paths else ""


def _lost(loss: Loss | None) -> str:
    if loss is None:
        return ""
    if loss.retained:
        return (
            f"; the new one is empty; the old one is removed from the stack and kept in the account, with {loss.what}"
        )
    return f"; lost: {loss.what}{_KEPT[loss.kept]}"


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(code(path) for path in paths[:_SHOWN])


def _change(paths: Sequence[str]) -> str:
    return "changes" if len(paths) == 1 else "change"
