"""What a preview plans in place, and AWS does not do: the update stops with half of it done."""

from collections.abc import Iterator, Mapping

from ops.comment.changes import Change
from ops.comment.facts import CannotFollow, Downtime
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.properties import root

_VPC = "aws:ec2/vpc:Vpc"

_SUBNET_GROUPS: Mapping[str, tuple[str, Downtime]] = {
    "aws:rds/subnetGroup:SubnetGroup": (
        "**the update stops here**: RDS takes no subnets of another VPC into a group, and the database stays in the "
        "old one; it has to be restored from a snapshot into a new group",
        Downtime("every request that needs the database", "until the data is copied: 1 to 2 hours (estimate)"),
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": (
        "**the cache cannot follow**: it stays in the VPC that it was made in; there has to be another one in a new "
        "group, without what is in this one",
        Downtime("sessions and cache, with every customer logged out", "10 to 20 min (estimate)"),
    ),
}
"""By type of what keeps a store in its subnets: what happens to the store when the network is replaced."""


def refused(change: Change, causes: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what keeps a store in a network that is replaced, although the preview has the change in place."""
    known = _SUBNET_GROUPS.get(change.type)
    moves = any(f"{_VPC}::" in urn for urn in change.causes)
    if known and moves and any(root(entry.path) == "subnetIds" for entry in change.entries):
        what, away = known
        fact = CannotFollow(what)
        yield Finding(Severity.STOP, Kind.IMPOSSIBLE, change.name, change.type, fact, away, causes)
