"""The model of an exposure: what is reachable, and from where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network

from analysis.breadth import addresses, is_everybody, is_more_than_a_site
from analysis.preview import UNKNOWN
from ops.comment.finding import Severity

NAMED = "anybody whom a policy or ACL names"
"""`Exposure.open_to` of what a policy or an ACL could open."""


@dataclass(frozen=True, order=True)
class Exposure:
    """Something that is reachable, and from where; the severity follows from both.

    `instead_of` are the networks that `open_to` contains, or is a part of, and that it takes the place of.
    """

    what: str
    open_to: str
    severity: Severity = field(default=Severity.LOOK, compare=False)
    instead_of: tuple[str, ...] = field(default=(), compare=False)

    @property
    def verb(self) -> str:
        """What happens to the exposure, if it is new."""
        if not self.instead_of:
            return "opened"
        return "widened" if all(contains(self.open_to, each) for each in self.instead_of) else "narrowed"


def most_severe_first(exposures: Iterable[Exposure]) -> list[Exposure]:
    """Sort exposures by severity; of the same severity, what is open comes before what could be opened."""
    return sorted(exposures, key=lambda each: (-each.severity, each.open_to == NAMED, each))


def describe_networks(cidrs: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield a description of each CIDR block, and whether it counts as the internet, alone or with the others.

    `analysis.breadth` decides what counts as the internet, as it does for the policies.
    """
    listed = list(cidrs)
    together = is_everybody(cidr for cidr in listed if _is_range(cidr))
    for cidr in listed:
        if cidr == UNKNOWN:
            yield "addresses known after the update", False
        elif _is_range(cidr) and is_everybody([cidr]):
            yield f"the internet ({cidr})", True
        else:
            yield f"{cidr}, with others a good part of the internet" if together else cidr, together


def with_addresses(open_to: str) -> str:
    """Return the text with the number of addresses, if it is a list of networks."""
    listed = open_to.split(", ")
    if not all(_is_range(each) for each in listed):
        return open_to
    number = addresses(listed)
    return f"{open_to} ({number:,} {'address' if number == 1 else 'addresses'})"


def contains(outer: str, inner: str) -> bool:
    """Return whether both texts are networks, and the first one contains all of the second."""
    found = [_network(each) for each in (outer, inner)]
    if None in found:
        return False
    first, second = (each for each in found if each is not None)
    if isinstance(first, IPv4Network) or isinstance(second, IPv4Network):
        return isinstance(first, IPv4Network) and isinstance(second, IPv4Network) and second.subnet_of(first)
    return second.subnet_of(first)


def severity_of(network: str, internet: bool, production: bool) -> Severity:
    """Return the severity of an opening to a network, as `describe_networks` describes it.

    In production the internet is not the only one that is too much: nobody deploys from more than a site's addresses.
    """
    found = _network(network)
    too_many = production and found is not None and is_more_than_a_site(str(found))
    return Severity.STOP if internet or too_many else Severity.LOOK


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """Return the network that a description is of; None if it is not of one."""
    bare = text.removeprefix("the internet (").removesuffix(")").partition(",")[0]
    return ip_network(bare, strict=False) if _is_range(bare) else None


def _is_range(cidr: str) -> bool:
    try:
        ip_network(cidr, strict=False)
    except ValueError:
        return False
    return True
