"""Finds what a change does to the number of pods and nodes, and what the nodes cost."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from analysis.capacity import DEPLOYMENT, NODE_GROUP, Capacity, Group, Service, services_that_differ
from analysis.cost import Estimate, Line
from ops.comment.costs import NOTABLE_AMOUNT, Costs
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.size_facts import GroupLimits, NodesNeeded, Pods, Scaled

_OF_A_NODE = ("EC2", "EBS")


def scaling(before: Capacity, after: Capacity, costs: Costs) -> Iterator[Finding]:
    """Yield a finding for each service whose pods change, and for each node group whose nodes do."""
    differing = list(services_that_differ(before, after))
    for old, new in differing:
        sides = (_pods(old), _pods(new))
        yield Finding(_severity(*sides), Kind.SCALING, new.name, DEPLOYMENT, Scaled(*sides))
    there = {group.name: group for group in before.groups}
    for group in after.groups:
        old = there.get(group.name)
        if old is None:
            continue
        monthly = _monthly(group, after, costs.after)
        needed = _needed(group, before, after, monthly)
        # Another instance type needs another number of nodes too, but then the group is replaced, which is told.
        if needed is not None and old.types == group.types and (differing or needed.least[0] != needed.least[1]):
            more = (monthly or Decimal()) * (needed.least[1] - needed.least[0])
            severity = Severity.LOOK if more >= NOTABLE_AMOUNT else Severity.NOTE
            yield Finding(severity, Kind.SCALING, group.name, NODE_GROUP, needed)
        if (old.least, old.most) != (group.least, group.most):
            limits = GroupLimits((old.least, old.most), (group.least, group.most), monthly)
            severity = Severity.LOOK if group.most < old.most else Severity.NOTE
            yield Finding(severity, Kind.SCALING, group.name, NODE_GROUP, limits)


def _severity(before: Pods, after: Pods) -> Severity:
    """Return LOOK if the service has less than before at its peak, or in each pod."""
    less = after.most < before.most or after.cpu < before.cpu or after.memory < before.memory
    return Severity.LOOK if less else Severity.NOTE


def _pods(service: Service) -> Pods:
    return Pods(service.least, service.most, service.pod.cpu, service.pod.memory)


def _needed(group: Group, before: Capacity, after: Capacity, monthly: Decimal | None) -> NodesNeeded | None:
    """Return the nodes that the group needs before and after; None if they are not known."""
    sides = [(each.at_least.get(group.name), each.at_most.get(group.name)) for each in (before, after)]
    (least_before, most_before), (least_after, most_after) = sides
    if least_before is None or least_after is None or most_before is None or most_after is None:
        return None
    least, most = (least_before, least_after), (most_before, most_after)
    return NodesNeeded(group.types, least, most, group.most, monthly)


def _monthly(group: Group, after: Capacity, estimate: Estimate | None) -> Decimal | None:
    """Return USD a month of one node with its volume, by the estimate of the whole group; None without a price."""
    lines = [each for each in _lines(estimate) if each.resource == group.name and each.service in _OF_A_NODE]
    amounts = [each.monthly for each in lines]
    count = after.at_least.get(group.name, group.desired)
    if not lines or None in amounts or not count:
        return None
    return sum((amount or Decimal() for amount in amounts), Decimal()) / count


def _lines(estimate: Estimate | None) -> Iterable[Line]:
    return estimate.lines if estimate else ()
