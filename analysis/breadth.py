"""Decides which networks are broad enough to count as everybody, and which AWS managed policies give full access."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

_WIDEST = {4: 8, 6: 16}
"""Shortest prefix length, by IP version, of a network that is not counted as everybody."""

_SITE = {4: 16, 6: 48}
"""Prefix length, by IP version, of the largest network that one organisation would deploy from."""

_FULL_ACCESS = re.compile(r":aws:policy/([\w-]+/)*(AdministratorAccess|PowerUserAccess|\w*FullAccess)$")


def is_everybody(cidrs: Iterable[str]) -> bool:
    """Return whether the CIDR blocks, with adjacent ones merged, contain one that is broad enough to mean everybody.

    Raises:
        ValueError: One of the strings is not a CIDR block.
    """
    return any(each.prefixlen < _WIDEST[each.version] for each in _joined(cidrs))


def addresses(cidrs: Iterable[str]) -> int:
    """Return how many addresses the networks have together, those in several of them once.

    Raises:
        ValueError: One of the strings is not a CIDR block.
    """
    return sum(each.num_addresses for each in _joined(cidrs))


def is_more_than_a_site(cidr: str) -> bool:
    """Return whether a network has public addresses, and more of them than one organisation would deploy from.

    Raises:
        ValueError: The string is not a CIDR block.
    """
    network = ip_network(cidr, strict=False)
    return not network.is_private and network.prefixlen < _SITE[network.version]


def gives_full_access(arn: str) -> bool:
    """Return whether the ARN is of an AWS managed policy that allows every action, on all services or on one."""
    return bool(_FULL_ACCESS.search(arn))


def _joined(cidrs: Iterable[str]) -> list[IPv4Network | IPv6Network]:
    """Return the networks with adjacent ones merged, and without those that are in others."""
    ranges = [ip_network(cidr, strict=False) for cidr in cidrs]
    return [
        *collapse_addresses(each for each in ranges if isinstance(each, IPv4Network)),
        *collapse_addresses(each for each in ranges if isinstance(each, IPv6Network)),
    ]
