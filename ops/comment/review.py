"""Reviews a preview: collects everything that the comment says, as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis import stack_file
from analysis.capacity import capacity
from analysis.preview import Preview, Violation
from analysis.preview.maintenance import Waiting
from ops.comment import (
    changes,
    costs,
    exposure,
    outputs,
    permissions,
    renaming,
    resizing,
    risks,
    scaling,
    schemas,
    upgrades,
)
from ops.comment.changes import Change
from ops.comment.costs import Costs
from ops.comment.exposure_model import Exposure
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.names import Names
from ops.comment.outputs import Output


@dataclass(frozen=True)
class Review:
    """The effects of a preview on data, availability, exposure, permissions, cost and outputs."""

    preview: Preview
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    opened: tuple[Exposure, ...]
    closed: tuple[Exposure, ...]
    permissions: permissions.Difference
    costs: Costs
    outputs: tuple[Output, ...]
    waiting: tuple[Waiting, ...]
    names: Names

    @property
    def stack(self) -> str:
        """Name of the stack."""
        return self.preview.stack

    def of(self, *kinds: Kind) -> list[Finding]:
        """Return the findings of these kinds, the most severe first."""
        return [finding for finding in self.findings if finding.kind in kinds]

    @property
    def blocking(self) -> list[Violation]:
        """The policy violations that stop the update."""
        return [violation for violation in self.preview.violations if violation.level == "mandatory"]

    @property
    def severity(self) -> Severity:
        """The highest severity of all effects."""
        if self.preview.errors or self.blocking:
            return Severity.STOP
        broad = any(grant.broad for grant in self.permissions.gained)
        return max(
            [
                *(finding.severity for finding in self.findings),
                *(each.severity for each in self.opened),
                *(each.severity for each in self.outputs),
                Severity.STOP
                if broad
                else Severity.LOOK
                if self.permissions.gained or self.permissions.unknown
                else Severity.NOTE,
                Severity.LOOK if self.costs.notable or self.preview.violations else Severity.NOTE,
            ]
        )


def review(preview: Preview) -> Review:
    """Review a preview."""
    names = Names(preview.before, preview.after)
    found = changes.changes(preview, names)
    compared = costs.compare(preview) if found else Costs(problem="nothing changes")
    production = _is_production(preview.stack)
    opened, closed = exposure.difference(preview.before, preview.after, names, production)
    return Review(
        preview=preview,
        changes=tuple(found),
        findings=tuple(_findings(found, preview, compared, production)),
        opened=opened,
        closed=closed,
        permissions=permissions.difference(preview.before, preview.after, names),
        costs=compared,
        outputs=tuple(outputs.difference(preview, names)),
        waiting=tuple(changes.waiting(preview)),
        names=names,
    )


def _is_production(stack: str) -> bool:
    """Return whether the stack is in production, by its file here: that of a pull request would judge itself."""
    try:
        return stack_file.is_production(stack)
    except stack_file.BadStack:
        return False


def _findings(found: list[Change], preview: Preview, compared: Costs, production: bool) -> list[Finding]:
    """Return the findings about the changes, the most severe first."""
    types = {state.type for state in preview.before if state.custom}
    remaining = {step.type for step in preview.steps if step.op in ("same", "update")}
    names: Mapping[str, str] = {change.step.urn: change.name for change in found}
    windows = resizing.windows(preview.after)
    listed = list(schemas.left(preview))
    listed += [finding for change in found for finding in risks.findings(change, names, remaining, windows)]
    if found:
        before, after = capacity(preview.before), capacity(preview.after)
        listed += scaling.scaling(before, after, compared)
        listed += renaming.renamed(found)
        listed += upgrades.upgrades(found, preview, after, production)
    # In an empty stack every type is new.
    listed += [
        risks.first_of_type(change)
        for change in found
        if types and change.kind == "create" and change.type not in types
    ]
    return sorted(listed, key=lambda finding: (-finding.severity, bool(finding.causes)))
