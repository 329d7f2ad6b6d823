"""Compares the stack outputs, which workflows, other stacks and people read by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analysis.preview import Preview
from analysis.redaction import redacted
from ops.comment.finding import Severity
from ops.comment.names import Names
from ops.comment.properties import ABSENT


@dataclass(frozen=True)
class Output:
    """An output that is added, removed or changed; its value is `ABSENT` on the side where it does not exist."""

    name: str
    old: Any
    new: Any

    @property
    def verb(self) -> str:
        """The kind of change."""
        if self.old is ABSENT:
            return "new"
        return "removed" if self.new is ABSENT else "changes"

    @property
    def severity(self) -> Severity:
        """LOOK if the output is removed, because its readers fail."""
        return Severity.LOOK if self.new is ABSENT else Severity.NOTE


def difference(preview: Preview, names: Names) -> Iterator[Output]:
    """Yield the outputs that differ, sorted by name, without secrets."""
    before, after = (redacted(side) for side in preview.outputs)
    for name in sorted({*before, *after}):
        old, new = (names.value(side[name]) if name in side else ABSENT for side in (before, after))
        if old != new:
            yield Output(name, old, new)
