"""The model of an exposure: what is reachable, and from where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network

from analysis.breadth import is_everybody
from analysis.preview import UNKNOWN
from ops.comment.finding import Severity

NAMED = "anybody whom a policy or ACL names"
"""`Exposure.open_to` of what a policy or an ACL could open."""


@dataclass(frozen=True, order=True)
class Exposure:
    """Something that is reachable, and from where; the severity follows from both."""

    what: str
    open_to: str
    severity: Severity = field(default=Severity.LOOK, compare=False)


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


def _is_range(cidr: str) -> bool:
    try:
        ip_network(cidr, strict=False)
    except ValueError:
        return False
    return True
