"""The Kubernetes version, and when AWS ends its support."""

from collections.abc import Iterator
from dataclasses import dataclass

from ops.doctor.commands import Commands
from ops.doctor.finding import Finding, Harm, Ref, Words
from ops.doctor.objects import parsed
from ops.doctor.snapshot import Snapshot
from ops.objects import part

CLUSTER = "aws:eks/cluster:Cluster"
_SOON_DAYS = 60
"""Days before the end of support from which on it is told: an upgrade goes through three stacks."""


@dataclass(frozen=True)
class EndOfSupport:
    """Standard support of the cluster's version ends on `date`, or has ended (`days` is negative then)."""

    version: str
    date: str
    days: int
    extended: bool

    def words(self, commands: Commands) -> Words:
        """Say it."""
        when = f"ends on {self.date}, in {self.days} days" if self.days >= 0 else f"has ended on {self.date}"
        what = f"Standard support of Kubernetes {self.version} {when}"
        then = "AWS charges for extended support" if self.extended else "AWS upgrades the control plane by itself"
        major, _, minor = self.version.partition(".")
        versions = f"addon-versions --stack {commands.stack} --kubernetes {major}.{int(minor) + 1}"
        return Words(what, (f"From then on {then}.",), commands.ops(versions), 'docs/runbook.md, "Upgrade Kubernetes"')


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield a finding if the end of standard support is near or past."""
    for each in snapshot.of_type(CLUSTER):
        version = str(each.outputs.get("version"))
        end = str(snapshot.support.get(version, {}).get("endOfStandardSupportDate") or "")
        if not end:
            continue
        days = (parsed(end) - snapshot.now).days
        if days <= _SOON_DAYS:
            extended = part(each.outputs, "upgradePolicy").get("supportType") != "STANDARD"
            cause = EndOfSupport(version, end[:10], days, extended)
            yield Finding(Harm.LATER, cause, Ref("Cluster", "", str(each.outputs.get("name"))))
