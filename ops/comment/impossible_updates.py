"""Finds updates in place that a preview plans and AWS refuses, so that the deployment stops halfway."""

from collections.abc import Iterator, Mapping

from ops.comment.changes import Change
from ops.comment.facts import CannotMove, Downtime
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.properties import root

_VPC = "aws:ec2/vpc:Vpc"

_SUBNET_GROUPS: Mapping[str, tuple[str, Downtime]] = {
    "aws:rds/subnetGroup:SubnetGroup": (
        "**the update stops here**: RDS accepts no subnets of another VPC in a group, so the database stays in the "
        "old VPC; it has to be restored from a snapshot into a new group",
        Downtime("every request that needs the database", "until the data is copied: 1 to 2 hours (estimate)"),
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": (
        "**the cache cannot move**: it stays in its VPC; a new one, without its content, has to be created in a "
        "new group",
        Downtime("sessions and cache, with every customer logged out", "10 to 20 min (estimate)"),
    ),
}
"""Effect and downtime for the data store of a subnet group when its VPC is replaced, by type of the subnet group."""


def impossible_updates(change: Change, causes: tuple[str, ...]) -> Iterator[Finding]:
    """Yield a finding for a subnet group whose subnets change because the VPC is replaced."""
    known = _SUBNET_GROUPS.get(change.type)
    moves = any(f"{_VPC}::" in urn for urn in change.causes)
    if known and moves and any(root(entry.path) == "subnetIds" for entry in change.entries):
        what, downtime = known
        fact = CannotMove(what)
        yield Finding(Severity.STOP, Kind.IMPOSSIBLE, change.name, change.type, fact, downtime, causes)
