"""What a reviewer has to know, and how much it matters."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum


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


@dataclass(frozen=True)
class Finding:
    """One thing about one resource.

    Attributes:
        kind: What it counts as in the first line: `data`, `outage`, `protection`, ...
        subject: The resource's name in the program.
        what: What happens to it, as Markdown.
        downtime: How long the shop or a part of it is away, as Markdown; empty: not at all.
        cause: The resource whose replacement brings it about.
    """

    severity: Severity
    kind: str
    subject: str
    type: str
    what: str
    downtime: str = ""
    cause: str = ""
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
