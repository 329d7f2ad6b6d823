"""Renders the changes of a preview: their number by component, and each one property by property."""

from collections.abc import Iterable, Iterator

from analysis.preview import SECRET
from ops.comment.changes import Change
from ops.comment.markdown import Section, block, code, header, prose, row, shortened
from ops.comment.properties import ABSENT, Entry, shown
from ops.comment.review import Review


def overview(review: Review) -> Section:
    """Return a table of the number of resources that change, by component and kind of change."""
    counts: dict[str, dict[str, int]] = {}
    for change in review.changes:
        kinds = counts.setdefault(change.component or "the stack", {})
        kinds[change.kind] = kinds.get(change.kind, 0) + 1
    rare = ("left behind", "no longer read")
    kinds = ["create", "update", "replace", "new version", "delete"]
    kinds += [kind for kind in rare if any(kind in found for found in counts.values())]
    rows = [row((prose(name), *(str(found.get(kind) or "") for kind in kinds))) for name, found in counts.items()]
    rows.sort()
    return Section(("### Resources that change", "", *header(("Component", *kinds))), tuple(rows))


def differences(review: Review, length: int | None) -> Section:
    """Return a collapsed list of every change, property by property; values are cut to `length` characters."""
    names = {change.step.urn: change.name for change in review.changes}
    chunks = [_difference(change, names, length) for change in _ordered(review.changes)]
    head = ("<details><summary><b>Every change, property by property</b></summary>", "")
    return Section(head, tuple(chunks), ("", "</details>"), tight=False)


def _ordered(found: Iterable[Change]) -> list[Change]:
    """Sort the changes: removals first, creations last, and consequences after their causes."""
    kinds = ("delete", "left behind", "replace", "update", "new version", "create", "no longer read")
    rank = {kind: place for place, kind in enumerate(kinds)}
    return sorted(found, key=lambda change: (rank[change.kind], bool(change.causes), change.step.urn))


def _difference(change: Change, names: dict[str, str], length: int | None) -> str:
    causes = ", ".join(code(names.get(urn, urn)) for urn in change.causes)
    title = f"**{change.kind}** {code(change.name)} ({code(change.type)})" + (
        f", because of {causes}" if causes else ""
    )
    if change.kind == "replace":
        title += (
            ", deleted before it is created" if change.step.deleted_first else ", created before the old one is deleted"
        )
    if change.kind in ("delete", "left behind", "no longer read"):
        return title
    lines = [line for entry in change.entries for line in _lines(entry, change.kind, length)]
    return f"{title}\n\n{block(lines, 'diff')}" if lines else title


def _lines(entry: Entry, kind: str, length: int | None) -> Iterator[str]:
    forced = "  <- forces replacement" if entry.replaces and kind == "replace" else ""
    for sign, value in (("-", entry.old), ("+", entry.new)):
        if value is not ABSENT:
            text = shortened(shown(value), length).replace("\n", "\\n")
            hidden = " (changed)" if value == SECRET and sign == "+" and entry.old == SECRET else ""
            yield f"{sign} {entry.path}: {text}{hidden}{forced if sign == '+' else ''}"
