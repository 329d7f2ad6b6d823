"""Configuration of the network."""

from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, PrivateAttr, StringConstraints, model_validator

from components.base.section import Section, Unique, mismatch
from components.base.subnets import Networks, plan
from components.config.found_network import FoundNetwork, SubnetIds

PREFIX_LENGTHS = range(16, 21)
"""Prefix lengths of the VPC: AWS allows no larger one than /16, and the subnet plan needs at least a /20."""

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918."""
_SHARED = IPv4Network("100.64.0.0/10")
"""RFC 6598: like private ones inside a VPC, and plentiful where the others are spoken for."""
LINK_LOCAL = IPv4Network("169.254.0.0/16")
"""The link-local network, which has the instance metadata and with it the node's role."""
NEVER_PUBLIC = (*PRIVATE, _SHARED, IPv4Network("127.0.0.0/8"), LINK_LOCAL)
"""Nothing arrives from these by the internet."""

Zone = Literal["a", "b", "c", "d", "e", "f"]
"""The letter that follows the region's name in an availability zone's name."""


class Nat(StrEnum):
    """The number of NAT gateways: one for all zones costs least, one per zone survives a zone's failure."""

    SINGLE = "single"
    PER_ZONE = "perZone"


def _roomy_private_network(network: IPv4Network) -> IPv4Network:
    if network.prefixlen not in PREFIX_LENGTHS:
        raise ValueError(f"/{network.prefixlen} is out of range")
    if not any(network.subnet_of(block) for block in (*PRIVATE, _SHARED)):
        inside = ", ".join(map(str, (*PRIVATE, _SHARED)))
        raise ValueError(f"outside {inside}, these are public addresses or reserved ones")
    return network


Value = TypeVar("Value")

VpcId = Annotated[str, StringConstraints(pattern=r"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$")]
SubnetId = Annotated[str, StringConstraints(pattern=r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$")]


class ZoneSubnetsConfig(Section):
    """The subnets of one zone in a VPC that exists."""

    public: SubnetId = Field(
        description="the id of the zone's subnet for the load balancer, such as subnet-0123456789abcdef0"
    )
    private: SubnetId = Field(
        description="the id of the zone's subnet for nodes and pods, such as subnet-0123456789abcdef1"
    )
    data: SubnetId = Field(
        description="the id of the zone's subnet for databases and caches, such as subnet-0123456789abcdef2"
    )


class ExistingNetworkConfig(Section):
    """A VPC that somebody else made, and those of its subnets that the stack uses."""

    vpc_id: VpcId = Field(description="the id of a VPC, such as vpc-0123456789abcdef0")
    subnets: Annotated[dict[Zone, ZoneSubnetsConfig], Field(min_length=2)] = Field(
        description="a mapping from at least two zone letters, such as a and c (EKS and the load balancer need two "
        "zones), to the ids of the zone's public, private and data subnets"
    )

    @model_validator(mode="after")
    def _no_subnet_twice(self) -> Self:
        first: dict[str, str] = {}
        for subnet_id, key in self.named():
            if subnet_id in first:
                raise mismatch(key, subnet_id, f"a subnet of its own, as {first[subnet_id]} is the same one")
            first[subnet_id] = key
        return self

    @property
    def ids(self) -> dict[str, SubnetIds]:
        """The ids of the subnets, by zone letter."""
        return {zone: SubnetIds(each.public, each.private, each.data) for zone, each in self.subnets.items()}

    def named(self) -> list[tuple[str, str]]:
        """The id of each subnet, and its key in the stack file below `existing`."""
        return [
            (getattr(each, kind), f"subnets.{zone}.{kind}")
            for zone, each in self.subnets.items()
            for kind in ("public", "private", "data")
        ]


class NetworkConfig(Section):
    """The VPC and its subnets: the stack's own, from `cidr`, `zones` and `nat`, or `existing` ones."""

    cidr: Annotated[IPv4Network, AfterValidator(_roomy_private_network)] | None = Field(
        default=None, description="a private IPv4 network between /16 and /20, such as 10.10.0.0/16"
    )
    own_zones: Annotated[tuple[Zone, ...], Unique, Field(min_length=2)] | None = Field(
        default=None,
        alias="zones",
        description="at least two different zone letters (EKS and the load balancer need two zones), such as [a, c]",
    )
    nat: Nat | None = Field(default=None, description="single or perZone")
    interface_endpoints: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")], ...], Unique] = Field(
        default=(), description="AWS service names without repetition, such as [ecr.api, ecr.dkr, sts]"
    )
    existing: ExistingNetworkConfig | None = Field(
        default=None, description="a mapping with vpcId and subnets, in place of cidr, zones and nat"
    )
    _found: FoundNetwork | None = PrivateAttr(default=None)

    @property
    def found(self) -> FoundNetwork:
        """The existing network as AWS has it. Missing, as `AttributeError` says it, for an own one."""
        return _there(self._found, "existing")

    @property
    def described(self) -> bool:
        """True if it says what the network is: all of an own one, or an existing one."""
        return self.existing is not None or None not in (self.cidr, self.own_zones, self.nat)

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The letters of the zones. Missing where the stack file does not have them."""
        if self.existing is not None:
            return tuple(self.existing.subnets)
        return _there(self.own_zones, "zones")

    @property
    def vpc_cidrs(self) -> tuple[IPv4Network, ...]:
        """All CIDR blocks of the VPC. Missing where neither the stack file nor AWS has them."""
        if self.existing is None:
            return (_there(self.cidr, "cidr"),)
        return _there(self.found.cidrs or None, "existing")

    @property
    def networks(self) -> Networks:
        """The addresses of the VPC and its subnets. Missing likewise."""
        if self.existing is not None:
            return _there(self.found.networks(self.existing.ids), "existing")
        subnets = plan(_there(self.cidr, "cidr"), self.zones)
        endpoints = tuple(each.private for each in subnets.values()) if self.interface_endpoints else ()
        return Networks(self.vpc_cidrs, subnets, endpoints)

    def over(self, found: FoundNetwork | None) -> Self:
        """The same settings, for the existing network as AWS has it."""
        copy = self.model_copy()
        copy._found = found
        return copy


def _there(value: Value | None, key: str) -> Value:
    if value is None:
        raise AttributeError(f"The stack file does not have network.{key}, or AWS does not have what it names")
    return value
