"""Configuration of the network."""

from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from components.base.section import Section, Unique

PREFIX_LENGTHS = range(16, 21)
"""Prefix lengths of the VPC: AWS allows no larger one than /16, and the subnet plan needs at least a /20."""

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918."""
_SHARED = IPv4Network("100.64.0.0/10")
"""RFC 6598: like private ones inside a VPC, and plentiful where the others are spoken for."""

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


class NetworkConfig(Section):
    """The VPC and its subnets."""

    cidr: Annotated[IPv4Network, AfterValidator(_roomy_private_network)] = Field(
        description="a private IPv4 network between /16 and /20, such as 10.10.0.0/16"
    )
    zones: Annotated[tuple[Zone, ...], Unique, Field(min_length=2)] = Field(
        description="at least two different zone letters (EKS and the load balancer need two zones), such as [a, c]"
    )
    nat: Nat = Field(description="single or perZone")
    interface_endpoints: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")], ...], Unique] = Field(
        default=(), description="AWS service names without repetition, such as [ecr.api, ecr.dkr, sts]"
    )
