"""Finds changes of whom the load balancer shows the maintenance page."""

from collections.abc import Iterator

from ops.comment.changes import Change
from ops.comment.facts import Downtime, MaintenanceSwitched
from ops.comment.finding import Finding, Kind, Severity
from ops.ingress_rules import ingress_rules, maintained

INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"


def maintenance_page(change: Change) -> Iterator[Finding]:
    """Yield a finding for the hosts that show the page after the change, and one for those that do no longer."""
    if change.type != INGRESS:
        return
    before, after = (
        maintained(ingress_rules(state.inputs)) if state else set[str]() for state in (change.step.old, change.step.new)
    )
    if begun := tuple(sorted(after - before)):
        away = Downtime("everything on these hosts", "until it is switched off")
        fact = MaintenanceSwitched(True, begun)
        yield Finding(Severity.STOP, Kind.OUTAGE, change.name, change.type, fact, away)
    if ended := tuple(sorted(before - after)):
        fact = MaintenanceSwitched(False, ended)
        yield Finding(Severity.NOTE, Kind.RESTART, change.name, change.type, fact, Downtime(time="none"))
