"""Everything that a comment says about a preview, before it is words."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.preview import Preview, Violation
from ops.comment import changes, costs, exposure, outputs, permissions, risks
from ops.comment.changes import Change
from ops.comment.costs import Costs
from ops.comment.exposure_model import Exposure
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.names import Names
from ops.comment.outputs import Output


@dataclass(frozen=True)
class Review:
    """What a preview means for data, customers, permissions and the bill."""

    preview: Preview
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    opened: tuple[Exposure, ...]
    closed: tuple[Exposure, ...]
    permissions: permissions.Difference
    costs: Costs
    outputs: tuple[Output, ...]
    names: Names

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.preview.stack

    def of(self, *kinds: Kind) -> list[Finding]:
        """The findings of these kinds, the gravest first."""
        return [finding for finding in self.findings if finding.kind in kinds]

    @property
    def blocking(self) -> list[Violation]:
        """The policies that stop the update."""
        return [violation for violation in self.preview.violations if violation.level == "mandatory"]

    @property
    def severity(self) -> Severity:
        """Whether it may be merged: the gravest of everything."""
        if self.preview.errors or self.blocking:
            return Severity.STOP
        wide = any(grant.wide for grant in self.permissions.gained)
        return max(
            [
                *(finding.severity for finding in self.findings),
                *(each.severity for each in self.opened),
                *(each.severity for each in self.outputs),
                Severity.STOP
                if wide
                else Severity.LOOK
                if self.permissions.gained or self.permissions.unknown
                else Severity.NOTE,
                Severity.LOOK if self.costs.notable or self.preview.violations else Severity.NOTE,
            ]
        )


def review(preview: Preview) -> Review:
    """Judge a preview."""
    names = Names(preview.before, preview.after)
    found = changes.changes(preview, names)
    opened, closed = exposure.difference(preview.before, preview.after, names)
    return Review(
        preview=preview,
        changes=tuple(found),
        findings=tuple(_findings(found, preview)),
        opened=opened,
        closed=closed,
        permissions=permissions.difference(preview.before, preview.after, names),
        costs=costs.compare(preview) if found else Costs(problem="nothing changes"),
        outputs=tuple(outputs.difference(preview, names)),
        names=names,
    )


def _findings(found: list[Change], preview: Preview) -> list[Finding]:
    """What there is to say of the changes."""
    types = {state.type for state in preview.before if state.custom}
    remaining = {step.type for step in preview.steps if step.op in ("same", "update")}
    names: Mapping[str, str] = {change.step.urn: change.name for change in found}
    listed = [finding for change in found for finding in risks.findings(change, names, remaining)]
    # In an empty stack everything is new.
    listed += [
        risks.unknown(change) for change in found if types and change.kind == "create" and change.type not in types
    ]
    return sorted(listed, key=lambda finding: (-finding.severity, bool(finding.causes)))
