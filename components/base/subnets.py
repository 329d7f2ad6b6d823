"""The CIDR plan: which addresses each availability zone's subnets get. Pure arithmetic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

ZONES = "abcdef"
"""Every zone letter has its slot, used or not, so that adding a zone moves nobody."""


@dataclass(frozen=True)
class ZoneSubnets:
    """The subnets of one zone."""

    public: IPv4Network
    """Load balancers and NAT gateways: a 64th of the VPC."""
    private: IPv4Network
    """Nodes and pods; every pod takes an address of it: an eighth of the VPC."""
    data: IPv4Network
    """Databases and caches, without a route out: a 64th of the VPC."""


@dataclass(frozen=True)
class Networks:
    """The addresses of a VPC and of what the stack uses of it, planned or as AWS has them."""

    vpc: tuple[IPv4Network, ...]
    """All CIDR blocks of the VPC, secondary ones too."""
    subnets: Mapping[str, ZoneSubnets]
    """The stack's subnets by zone letter."""
    endpoints: tuple[IPv4Network, ...] = ()
    """Subnets with interface endpoints, at which AWS services answer HTTPS inside the VPC."""


def plan(vpc: IPv4Network, zones: Iterable[str]) -> dict[str, ZoneSubnets]:
    """The subnets of each zone letter, a to f.

    Six of the VPC's eighths are the zones' private subnets; the last two are cut into 64ths for the others.
    """
    eighths = list(vpc.subnets(prefixlen_diff=3))
    public, data = (list(eighth.subnets(prefixlen_diff=3)) for eighth in eighths[6:])
    slots = {zone: ZONES.index(zone) for zone in zones}
    return {zone: ZoneSubnets(public[slot], eighths[slot], data[slot]) for zone, slot in slots.items()}


def subnet_name(prefix: str, kind: str, zone: str) -> str:
    """The Name tag of a subnet, by which it is found again: `openmarket-dev-private-a`."""
    return f"{prefix}-{kind}-{zone}"
