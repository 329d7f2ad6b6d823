"""What the stack puts out: workflows, other stacks and people take it from there by its name."""

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
    """One that comes, goes, or has another value; `ABSENT` on the side where it is not."""

    name: str
    old: Any
    new: Any

    @property
    def verb(self) -> str:
        """What happens to it."""
        if self.old is ABSENT:
            return "new"
        return "removed" if self.new is ABSENT else "changes"

    @property
    def severity(self) -> Severity:
        """Who asks for an output that is gone gets nothing."""
        return Severity.LOOK if self.new is ABSENT else Severity.NOTE


def difference(preview: Preview, names: Names) -> Iterator[Output]:
    """The outputs that differ, by name, without secrets."""
    before, after = (redacted(side) for side in preview.outputs)
    for name in sorted({*before, *after}):
        old, new = (names.value(side[name]) if name in side else ABSENT for side in (before, after))
        if old != new:
            yield Output(name, old, new)
