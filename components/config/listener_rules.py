"""The rules of the load balancer, in the order in which it tries them. Pure.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import groupby

from components.config.routes import ALL, Route, in_order

MOST_RULES = 100
"""Rules of one load balancer.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""

_VALUES_PER_RULE = 5
"""Values of all conditions of a rule together: its host, its path patterns and networks (see `MOST_RULES`)."""


@dataclass(frozen=True)
class Forward:
    """Requests go to the pods of a service."""

    service: str


@dataclass(frozen=True)
class Redirect:
    """Browsers are sent to the same path of another host, for good."""

    host: str


@dataclass(frozen=True)
class Unavailable:
    """Requests are answered with the maintenance page."""


Action = Forward | Redirect | Unavailable


@dataclass(frozen=True)
class ListenerRule:
    """What happens to requests for a host whose path is `path` or below it, from `sources` (none: from everywhere)."""

    host: str
    path: str
    action: Action
    sources: tuple[str, ...] = ()
    during_maintenance: bool = False
    """True for requests that get past the maintenance page."""


@dataclass(frozen=True)
class MaintainedHosts:
    """Hosts that answer with the maintenance page, and the networks that reach their services nevertheless."""

    hosts: Sequence[str] = ()
    passing: Sequence[IPv4Network] = ()


def listener_rules(
    routes: Sequence[Route],
    allowed: Mapping[str, Sequence[IPv4Network]],
    redirects: Mapping[str, str],
    maintained: MaintainedHosts,
) -> list[ListenerRule]:
    """The rules for routes and redirects, all by full host names.

    Maintenance only puts rules in front of the others: what they forward to keeps its target group, and with it the
    health of its targets, so that the shop is back at once.

    Args:
        routes: What leads to services.
        allowed: The only networks that may reach a host, on all of its paths.
        redirects: The host that another one leads to, by the other one's name.
        maintained: The hosts that are in maintenance.
    """
    found: list[ListenerRule] = []
    for host, of_host in groupby(in_order(routes), key=lambda route: route.host):
        listed, networks = list(of_host), allowed.get(host, ())
        if host in maintained.hosts:
            found += _maintenance(host, listed, networks, maintained.passing)
        for route in listed:
            found += _forwards(route, networks)
    for host, target in redirects.items():
        if host in maintained.hosts:
            found.append(ListenerRule(host, ALL, Unavailable()))
        found.append(ListenerRule(host, ALL, Redirect(target)))
    return found


def _maintenance(
    host: str, routes: Sequence[Route], allowed: Sequence[IPv4Network], passing: Sequence[IPv4Network]
) -> Iterator[ListenerRule]:
    # A restricted host stays so: who gets past the page must be allowed as well.
    through = _common(allowed, passing) if allowed else list(passing)
    if through:
        for route in routes:
            yield from _forwards(route, through, during_maintenance=True)
    yield ListenerRule(host, ALL, Unavailable())


def _forwards(
    route: Route, networks: Sequence[IPv4Network], during_maintenance: bool = False
) -> Iterator[ListenerRule]:
    action = Forward(route.service)
    if not networks:
        yield ListenerRule(route.host, route.path, action)
        return
    # All paths are one pattern; a beginning of paths is two, the path itself and what is below it.
    room = _VALUES_PER_RULE - 1 - (1 if route.path == ALL else 2)
    for first in range(0, len(networks), room):
        sources = tuple(map(str, networks[first : first + room]))
        yield ListenerRule(route.host, route.path, action, sources, during_maintenance)


def _common(some: Sequence[IPv4Network], others: Sequence[IPv4Network]) -> list[IPv4Network]:
    """The networks that are in both: of two that overlap, one contains the other."""
    pairs = ((one, other) for one in some for other in others if one.overlaps(other))
    return list(dict.fromkeys(max(pair, key=lambda network: network.prefixlen) for pair in pairs))
