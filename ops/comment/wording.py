"""Findings in words, as Markdown. Nothing reads them again: what follows from a finding follows from its data."""

from collections.abc import Sequence

from ops.comment.facts import (
    AttributeTaken,
    CannotFollow,
    Changed,
    Downtime,
    EngineMayDelete,
    Fact,
    FirstOfItsType,
    Gone,
    How,
    Kept,
    LeftBehind,
    Loss,
    NobodyKnows,
    Restarted,
)
from ops.comment.finding import Finding, Kind
from ops.comment.markdown import code

HOW = {How.REPLACED: "replaced", How.DELETED: "deleted"}
_KEPT = {
    Kept.NOTHING: "",
    Kept.NO_SNAPSHOT: " since nothing is kept (`skipFinalSnapshot`)",
    Kept.SNAPSHOT: "; a final snapshot is kept",
    Kept.SNAPSHOT_TO_RESTORE: "; a final snapshot is kept, and has to be restored by hand",
    Kept.OBJECTS: "; AWS refuses as long as there are any",
    Kept.KEY_FOR_DAYS: "; it can be saved in the days of its deletion window",
    Kept.SECRET_FOR_DAYS: "; it can be restored in its recovery window",
}
_LEFT_BEHIND = "leaves the stack and stays where it is: nothing looks after it any more, and it costs what it costs now"
_SHOWN = 3
"""Properties that are named; the others are counted, or left out."""


def happens(finding: Finding, plural: bool = False) -> str:
    """What happens to the finding's resource; `plural` where the sentence has several as its subject."""
    return _said(finding.fact, bold=finding.kind is Kind.DATA, be="are" if plural else "is")


def away(downtime: Downtime | None) -> str:
    """How long something is away; empty: nothing is."""
    if downtime is None:
        return ""
    said = ", ".join(filter(None, (downtime.away, downtime.time)))
    return f"{said}; in the maintenance window" if downtime.in_window else said


def caused_by(finding: Finding) -> str:
    """The names of a finding's causes; empty if it has none."""
    return ", ".join(finding.causes)


def _said(fact: Fact, bold: bool, be: str) -> str:
    match fact:
        case Gone(how, because, loss):
            verb = f"**{be} {HOW[how]}**" if bold else f"{be} {HOW[how]}"
            return f"{verb}{_because(because)}{_lost(loss)}"
        case LeftBehind():
            return _LEFT_BEHIND
        case Restarted(what) | CannotFollow(what):
            return what
        case Changed(path, old, new):
            return f"{code(path)}: {code(old)} → {code(new)}"
        case AttributeTaken(attribute):
            return f"its load balancer can be deleted: {code(attribute)} is taken away"
        case EngineMayDelete():
            return "the engine may delete it: its `protect` is taken away"
        case NobodyKnows(paths):
            more = f" and {len(paths) - _SHOWN} more" if paths[_SHOWN:] else ""
            return f"{_listed(paths)}{more} {_change(paths)}: what that does is for a reader to judge"
        case FirstOfItsType():
            return f"{be} the first of its type here: what it opens or allows is for a reader to judge"


def _because(paths: Sequence[str]) -> str:
    return f", as {_listed(paths)} {_change(paths)}" if paths else ""


def _lost(loss: Loss | None) -> str:
    if loss is None:
        return ""
    if loss.stays:
        return f"; the new one is empty; the old one leaves the stack and stays where it is, with {loss.what}"
    return f"; lost: {loss.what}{_KEPT[loss.kept]}"


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(code(path) for path in paths[:_SHOWN])


def _change(paths: Sequence[str]) -> str:
    return "changes" if len(paths) == 1 else "change"
