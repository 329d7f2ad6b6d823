"""Breadth of networks and permissions: what is so wide that it is as good as everybody or everything."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

_WIDEST = {4: 8, 6: 16}
"""By IP version, the shortest prefix that one network may have. What is wider takes in a good part of the internet."""

_FULL_ACCESS = re.compile(r":aws:policy/([\w-]+/)*(AdministratorAccess|PowerUserAccess|\w*FullAccess)$")


def is_everybody(cidrs: Iterable[str]) -> bool:
    """Whether the ranges, joined, hold one as wide as a good part of the internet.

    Raises:
        ValueError: One is no range.
    """
    ranges = [ip_network(cidr, strict=False) for cidr in cidrs]
    joined = [
        *collapse_addresses(each for each in ranges if isinstance(each, IPv4Network)),
        *collapse_addresses(each for each in ranges if isinstance(each, IPv6Network)),
    ]
    return any(each.prefixlen < _WIDEST[each.version] for each in joined)


def gives_full_access(arn: str) -> bool:
    """Whether it is a policy of AWS's with which one may do everything, everywhere or with one service."""
    return bool(_FULL_ACCESS.search(arn))
