"""Decides which networks are broad enough to count as everybody, and which AWS managed policies give full access."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

_WIDEST = {4: 8, 6: 16}
"""Shortest prefix length, by IP version, of a network that is not counted as everybody."""

_FULL_ACCESS = re.compile(r":aws:policy/([\w-]+/)*(AdministratorAccess|PowerUserAccess|\w*FullAccess)$")


def is_everybody(cidrs: Iterable[str]) -> bool:
    """Return whether the CIDR blocks, with adjacent ones merged, contain one that is broad enough to mean everybody.

    Raises:
        ValueError: One of the strings is not a CIDR block.
    """
    ranges = [ip_network(cidr, strict=False) for cidr in cidrs]
    joined = [
        *collapse_addresses(each for each in ranges if isinstance(each, IPv4Network)),
        *collapse_addresses(each for each in ranges if isinstance(each, IPv6Network)),
    ]
    return any(each.prefixlen < _WIDEST[each.version] for each in joined)


def gives_full_access(arn: str) -> bool:
    """Return whether the ARN is of an AWS managed policy that allows every action, on all services or on one."""
    return bool(_FULL_ACCESS.search(arn))
