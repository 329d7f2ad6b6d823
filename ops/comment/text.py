"""Assembles a comment within GitHub's limit on its length."""

from collections.abc import Iterable

from ops.comment import verdict
from ops.comment.markdown import Section, code
from ops.comment.review import Review
from ops.comment.sections import sections
from ops.github_api import LIMIT
from ops.post import MARKER

_MARGIN = 400
"""Bytes that are reserved in each section for the note of what is left out."""


def comment(review: Review, commit: str = "", limit: int | None = LIMIT, artifact: str = "") -> str:
    """Return the comment, shortened from below to `limit` bytes; None means no limit.

    GitHub limits the characters, of which there are never more than bytes. `artifact` is the address of the picture of
    the change and of the full text; empty if they are nowhere.
    """
    top = [MARKER.format(stack=review.stack), verdict.first_line(review), ""]
    if review.changes or review.outputs or review.preview.violations or review.preview.errors:
        top += [f"- {reason}" for reason in verdict.reasons(review)]
    bottom = ["", f"<sub>{_footer(review, commit, artifact)}</sub>", ""]
    parts = list(sections(review, full=limit is None))
    if limit is None:
        return _joined(top, map(_all, parts), bottom)
    available = limit - _size("\n".join([*top, *bottom])) - _MARGIN
    return _joined(top, _fitting(parts, available), bottom)


def _footer(review: Review, commit: str, artifact: str) -> str:
    of = f" of {code(commit[:12])}" if commit else ""
    estimates = "" if not review.changes else " Costs are list prices and assumed usage; times are estimates."
    link = f" [The picture of the change, and the full text]({artifact})." if artifact else ""
    return f"Preview{of} against the stack {code(review.stack)}.{estimates}{link}"


def _fitting(parts: list[Section], available: int) -> Iterable[str]:
    """Yield the parts, each with as many of its chunks as fit into the available bytes."""
    fixed = [_size(_all(Section(part.head, (), part.foot, part.tight))) + _MARGIN for part in parts]
    for number, part in enumerate(parts):
        # The heads of all later parts are kept, so that readers see that there is more.
        available -= fixed[number]
        left = available - sum(fixed[number + 1 :])
        kept: list[str] = []
        for chunk in part.chunks:
            left -= _size(chunk) + 2
            if left < 0:
                break
            kept.append(chunk)
        available -= sum(_size(chunk) + 2 for chunk in kept)
        cut = len(part.chunks) - len(kept)
        note = f"... and {cut} more, beyond GitHub's limit: the full text is in the run's artifact." if cut else ""
        yield _all(Section(part.head, tuple(kept), part.foot, part.tight), note)


def _all(part: Section, note: str = "") -> str:
    between = "\n" if part.tight else "\n\n"
    return "\n".join([*part.head, between.join(part.chunks), *(["", note] if note else []), *part.foot])


def _joined(top: list[str], parts: Iterable[str], bottom: list[str]) -> str:
    return "\n".join([*top, *(f"\n{part}" for part in parts), *bottom])


def _size(text: str) -> int:
    return len(text.encode())
