"""A VPC that somebody else made, as AWS has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import NamedTuple

from components.base.subnets import Networks, ZoneSubnets


class SubnetIds(NamedTuple):
    """The ids of the subnets of one zone."""

    public: str
    private: str
    data: str


@dataclass(frozen=True)
class FoundSubnet:
    """A subnet as AWS has it."""

    vpc_id: str
    zone: str
    """The availability zone's full name, such as `ap-northeast-2a`."""
    cidr: IPv4Network | None
    """None if it has IPv6 addresses only."""
    free: int
    """IPv4 addresses that nobody uses."""
    way_out: str
    """The id of what its default route leads to, such as a NAT gateway; empty without one."""


@dataclass(frozen=True)
class FoundNetwork:
    """A VPC as AWS has it. All of it is empty if there is no such VPC."""

    cidrs: tuple[IPv4Network, ...] = ()
    """All CIDR blocks of the VPC, secondary ones too."""
    dns_support: bool = False
    dns_hostnames: bool = False
    subnets: Mapping[str, FoundSubnet] = field(default_factory=dict[str, FoundSubnet])
    """The subnets that were asked for, by id, as far as they are there."""
    endpoints: tuple[IPv4Network, ...] = ()
    """Subnets of the VPC with interface endpoints."""

    def networks(self, zones: Mapping[str, SubnetIds]) -> Networks | None:
        """The addresses of the VPC and of the subnets in the zones; None if one has no IPv4 addresses or is missing."""
        subnets: dict[str, ZoneSubnets] = {}
        for zone, ids in zones.items():
            public, private, data = (found.cidr if (found := self.subnets.get(id_)) else None for id_ in ids)
            if public is None or private is None or data is None:
                return None
            subnets[zone] = ZoneSubnets(public, private, data)
        return Networks(self.cidrs, subnets, self.endpoints)
