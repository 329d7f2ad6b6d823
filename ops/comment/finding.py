"""What a reviewer has to know, and how much it matters: data, without a word of the comment."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, IntEnum, auto

from ops.comment.facts import Downtime, Fact


class Severity(IntEnum):
    """Whether it may be merged."""

    NOTE = 0
    LOOK = 1
    """Somebody should have looked at it before."""
    STOP = 2
    """Not without a plan for what follows: data, customers or secrets are at stake."""

    @property
    def sign(self) -> str:
        """What a reader sees of it first."""
        return "🟢🟡🔴"[self]


LOOK, STOP = Severity.LOOK.sign, Severity.STOP.sign


class Kind(Enum):
    """What a finding is about."""

    DATA = auto()
    """A resource that holds data goes."""
    RECORDS = auto()
    """The same with data that the shop can do without."""
    OUTAGE = auto()
    """The shop or a part of it is away."""
    IMPOSSIBLE = auto()
    """The preview plans an update in place that AWS refuses."""
    PROTECTION = auto()
    """Something that protects data is taken away."""
    RESTART = auto()
    """An update in place restarts something."""
    DELETION = auto()
    """Anything else goes, or leaves the stack."""
    UNJUDGED = auto()
    """Nothing here knows what the change means."""


@dataclass(frozen=True)
class Finding:
    """One thing about one resource.

    Attributes:
        kind: What it counts as in the first line and the reasons.
        subject: The resource's name in the program.
        type: The resource's type token.
        fact: What happens to it.
        downtime: How long the shop or a part of it is away; None: not at all.
        causes: The names of the resources whose replacement brings it about.
    """

    severity: Severity
    kind: Kind
    subject: str
    type: str
    fact: Fact
    downtime: Downtime | None = None
    causes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """More resources of the same type, to which the same happens."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """All resources it is about."""
        return (self.subject, *self.others)


def together(findings: Iterable[Finding]) -> list[Finding]:
    """The same findings, those that say the same of several resources as one."""
    found: dict[Finding, list[str]] = {}
    for finding in findings:
        found.setdefault(replace(finding, subject=""), []).append(finding.subject)
    return [replace(finding, subject=first, others=tuple(others)) for finding, (first, *others) in found.items()]
