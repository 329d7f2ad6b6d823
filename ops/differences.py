"""Describes what differs from a stack, for the issue about drift and for repairs."""

from collections.abc import Iterable, Mapping

from analysis.preview import Preview, Step
from analysis.preview.drift import Difference, explained
from analysis.preview.maintenance import waits_for
from analysis.urns import name_of, type_of
from ops.texts import TO_DO, abridged

_SHOWN = 50
"""Resources listed per stack: enough to see what happened, and far from GitHub's limit."""
_PATHS = 5
"""Properties shown per resource."""
_WORDS: Mapping[str, str] = {
    "": "is different",
    "create": "is gone",
    "update": "is different",
    "replace": "is different, and would be replaced",
}


def section(stack: str, seen: Preview | None) -> str:
    """Return a section about a stack: what differs, or that it could not be compared; empty if nothing differs."""
    changes = list(seen.changes) if seen else []
    if not seen or not seen.steps or (seen.errors and not changes):
        return f"## {stack}\n\nCould not be compared: see the run's log.\n"
    if seen.drift is None:
        # A preview without a refresh: what differs and what was not deployed yet cannot be told apart.
        return _table(f"## {stack}", (row(Difference(each.urn, each.op, _paths(each))) for each in changes))
    differences, waiting = explained(seen.drift, changes)
    parts = [
        _table(f"## {stack}", (row(each) for each in differences if not each.waits)),
        _table(
            f"## {stack}: changes of the program that wait for a deployment",
            (row(Difference(each.urn, each.op, _paths(each)), TO_DO) for each in waiting),
        ),
    ]
    return "\n".join(part for part in parts if part)


def in_window(stack: str, seen: Preview | None) -> str:
    """Return a section about what AWS keeps for the maintenance window of a stack; empty if nothing waits."""
    differences, _ = explained((seen.drift or ()) if seen else (), seen.changes if seen else ())
    waiting = [each for each in differences if each.waiting]
    rows = [f"- `{name_of(each.urn)}` ({type_of(each.urn)}): {waits(each)}" for each in waiting]
    return "\n".join([f"## {stack}: waits for AWS", "", *rows, ""]) if rows else ""


def waits(each: Difference) -> str:
    """Return which values of a resource wait, and for what."""
    return waits_for(each.waiting, each.window)


def _table(head: str, rows: Iterable[str]) -> str:
    """A section with that head and a row per resource; empty without rows."""
    listed = list(rows)
    if not listed:
        return ""
    left = [f"\n... and {len(listed) - _SHOWN} more: see the run's log."] if len(listed) > _SHOWN else []
    return "\n".join([head, "", "| Resource | | Properties |", "|---|---|---|", *listed[:_SHOWN], *left, ""])


def row(each: Difference, words: Mapping[str, str] = _WORDS) -> str:
    """A difference as a row of a table. Paths only: a value that somebody put there by hand is nothing for an issue."""
    resource = f"`{name_of(each.urn)}` ({type_of(each.urn)})"
    paths = abridged([f"`{path}`" for path in each.paths], _PATHS).replace("|", "&#124;")
    return f"| {resource} | {said(each, words)} | {paths} |"


def said(each: Difference, words: Mapping[str, str] = _WORDS) -> str:
    """Return what happened to a resource, who did it, and whether a repair leaves it or what to do instead."""
    what = "is gone" if each.gone else words.get(each.op, each.op)
    who = f" (by {', '.join(each.managers)})" if each.managers else ""
    if each.act:
        return f"{what}: {each.act}"
    stays = "" if each.op or each.gone else "; a repair leaves it"
    return f"{what}{who}{stays}"


def _paths(step: Step) -> tuple[str, ...]:
    return tuple(sorted(step.detailed_diff or ()))
