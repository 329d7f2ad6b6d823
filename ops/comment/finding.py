"""The model of a finding: an effect of a change that a reviewer has to know, as data and without text."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, IntEnum, auto

from ops.comment.facts import Downtime, Fact


class Severity(IntEnum):
    """Levels of how much a finding matters for merging the change."""

    NOTE = 0
    """The change can be merged."""
    LOOK = 1
    """Somebody should review the finding before the change is merged."""
    STOP = 2
    """The change should not be merged without a plan: it puts data, customers or secrets at risk."""

    @property
    def sign(self) -> str:
        """The symbol that the comment shows."""
        return "🟢🟡🔴"[self]


LOOK, STOP = Severity.LOOK.sign, Severity.STOP.sign


class Kind(Enum):
    """The subject of a finding."""

    DATA = auto()
    """A resource that holds data is removed."""
    RECORDS = auto()
    """A resource with data that the shop does not depend on is removed."""
    OUTAGE = auto()
    """The shop or a part of it is unavailable."""
    IMPOSSIBLE = auto()
    """The preview plans an update in place that AWS refuses."""
    PROTECTION = auto()
    """A setting that protects data is removed."""
    RESTART = auto()
    """An update in place restarts something."""
    SCALING = auto()
    """Another number of pods or nodes runs, or their size changes."""
    DELETION = auto()
    """Another resource is deleted, or removed from the stack."""
    UNKNOWN = auto()
    """The effect of the change is unknown."""


@dataclass(frozen=True)
class Finding:
    """States one effect of a change on a resource, or on several of the same type.

    Attributes:
        severity: How much it matters for merging the change.
        kind: Subject of the finding.
        subject: Name of the resource in the program.
        type: Type token of the resource.
        fact: What happens to the resource.
        downtime: The downtime that it causes; None if there is none.
        causes: Names of the resources whose replacement causes it; empty if it has its own cause.
        others: Names of further resources of the type with the same effect.
    """

    severity: Severity
    kind: Kind
    subject: str
    type: str
    fact: Fact
    downtime: Downtime | None = None
    causes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[str, ...]:
        """Names of all its resources."""
        return (self.subject, *self.others)


def grouped(findings: Iterable[Finding]) -> list[Finding]:
    """Combine findings that differ in the resource only."""
    found: dict[Finding, list[str]] = {}
    for finding in findings:
        found.setdefault(replace(finding, subject=""), []).append(finding.subject)
    return [replace(finding, subject=first, others=tuple(others)) for finding, (first, *others) in found.items()]
