"""What a stack's file asks for before its first deployment, what AWS has of it, and what stands in its way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ops.doctor.commands import Commands
from ops.doctor.finding import Harm, Words
from ops.objects import Object, part


@dataclass(frozen=True)
class Quota:
    """A quota of the account in the region.

    Attributes:
        code: Its code in Service Quotas, such as `L-F678F1CE`.
        limit: How many there may be.
        used: How many there are, without those of the stack itself.
    """

    code: str
    limit: int
    used: int


@dataclass(frozen=True)
class Prospect:
    """What a stack's file asks for, and what AWS has of it.

    Attributes:
        stack: Name of the stack.
        region: Its AWS region.
        settings: The `config` of its file.
        account: The account of the caller's credentials.
        deployed: True if the stack is deployed already: then what it has is not counted below.
        secrets: Entries of Secrets Manager's list whose names begin as the stack's.
        hosted_zone: Route 53's description of `hostedZoneId`; None if there is no such zone, empty if none is named.
        certificate: ACM's description of `ingress.certificateArn`; None and empty likewise.
        subnets: EC2's descriptions of the subnets of `network.existing`; None if there are none to be there, or if they
            could not be read.
        further_zones: Route 53's descriptions of the zones in `ingress.domains`, by host; None likewise.
        further_certificates: ACM's descriptions of the certificates there, by host; None likewise.
        offered: Instance types and availability zones in which EC2 offers them; None if that could not be read.
        database_zones: Availability zones in which RDS offers the database's version and class; None likewise.
        quotas: What the account may have in the region, with what it has; those that AWS told.
        unread: What could not be read, with the reason.
    """

    stack: str
    region: str
    settings: Mapping[str, Any]
    account: str
    deployed: bool = False
    secrets: tuple[Object, ...] = ()
    hosted_zone: Object | None = field(default_factory=dict[str, Any])
    certificate: Object | None = field(default_factory=dict[str, Any])
    subnets: tuple[Object, ...] | None = None
    further_zones: Mapping[str, Object | None] = field(default_factory=dict[str, Object | None])
    further_certificates: Mapping[str, Object | None] = field(default_factory=dict[str, Object | None])
    offered: frozenset[tuple[str, str]] | None = None
    database_zones: frozenset[str] | None = None
    quotas: tuple[Quota, ...] = ()
    unread: tuple[str, ...] = ()

    def section(self, name: str) -> Object:
        """Return a section of the file, such as `network`."""
        return part(self.settings, f"openmarket:{name}")

    @property
    def domains(self) -> Mapping[str, Object]:
        """The hosts in other domains, with their settings."""
        return part(self.section("ingress"), "domains")

    @property
    def node_groups(self) -> Mapping[str, Object]:
        """The node groups, with their settings."""
        return part(self.section("cluster"), "nodeGroups")

    @property
    def types(self) -> list[str]:
        """The instance types of the node groups."""
        groups = self.node_groups.values()
        return list(dict.fromkeys(str(each) for group in groups for each in group.get("instanceTypes", [])))

    @property
    def zones(self) -> list[str]:
        """The availability zones of the network."""
        network = self.section("network")
        existing = part(part(network, "existing"), "subnets")
        return [f"{self.region}{letter}" for letter in existing or network.get("zones", [])]

    @property
    def named_subnets(self) -> dict[str, str]:
        """The subnets of a network that exists: their ids by their key in the file."""
        existing = part(part(self.section("network"), "existing"), "subnets")
        return {f"{zone}.{kind}": str(subnet) for zone, each in existing.items() for kind, subnet in each.items()}


@dataclass(frozen=True)
class Obstacle:
    """Something in AWS that a first deployment runs into, or what comes after it. `next` is a command, or of `aws` its
    words.
    """

    what: str
    why: tuple[str, ...]
    first: str
    next: str
    harm: Harm = Harm.BLOCKED

    def words(self, commands: Commands) -> Words:
        """Say it."""
        command = commands.make("preview") if self.next == "preview" else commands.aws(self.next)
        return Words(self.what, self.why, command, self.first)
