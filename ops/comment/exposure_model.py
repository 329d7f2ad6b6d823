"""A way in from outside, and how wide it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network

from analysis.breadth import is_everybody
from analysis.preview import UNKNOWN
from ops.comment.finding import Severity

NAMED = "anybody whom a policy or ACL names"


@dataclass(frozen=True, order=True)
class Exposure:
    """One way in: what, and to whom it is open."""

    what: str
    open_to: str
    severity: Severity = field(default=Severity.LOOK, compare=False)


def widest_first(ways: Iterable[Exposure]) -> list[Exposure]:
    """What is open comes before what could be opened."""
    return sorted(ways, key=lambda way: (-way.severity, way.open_to == NAMED, way))


def whom(cidrs: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each of the ranges in words, and whether it lets the internet in, alone or with the others.

    What counts as the internet is what the policies say.
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
