"""The load balancer's rules: their order, their limits, and what maintenance puts in front of them."""

from ipaddress import IPv4Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.config.listener_rules import (
    Action,
    Forward,
    ListenerRule,
    MaintainedHosts,
    Redirect,
    Unavailable,
    listener_rules,
)
from components.config.routes import Route

ROUTES = [Route("shop", "/", "web"), Route("admin", "/", "web"), Route("shop", "/api", "api")]
OFFICE = [IPv4Network(f"198.51.100.{number}/32") for number in range(5)]
REDIRECTS = {"www": "shop"}


def answer(rules: list[ListenerRule], host: str, path: str, source: str = "203.0.113.9") -> Action | None:
    """The action of the first rule that takes a request."""
    for rule in rules:
        networks = [ip_network(each) for each in rule.sources]
        known = not networks or any(ip_address(source) in network for network in networks)
        if rule.host == host and Route(host, rule.path, "").takes(path) and known:
            return rule.action
    return None


def test_the_longest_path_wins() -> None:
    rules = listener_rules(ROUTES, {}, REDIRECTS, MaintainedHosts())
    assert answer(rules, "shop", "/api/items") == Forward("api")
    assert answer(rules, "shop", "/apiary") == Forward("web")
    assert answer(rules, "www", "/items") == Redirect("shop")
    assert answer(rules, "other", "/") is None


def test_allowed_networks_are_for_all_paths_of_a_host_and_fit_into_its_rules() -> None:
    rules = listener_rules(ROUTES, {"shop": OFFICE}, {}, MaintainedHosts())
    for path, expected in (("/api", Forward("api")), ("/", Forward("web"))):
        assert answer(rules, "shop", path) is None
        assert all(answer(rules, "shop", path, str(each.network_address)) == expected for each in OFFICE)
    # Host, paths and networks are five values at most; a beginning of paths is two.
    assert [len(rule.sources) for rule in rules if rule.path == "/api"] == [2, 2, 1]
    assert [len(rule.sources) for rule in rules if rule.path == "/" and rule.host == "shop"] == [3, 2]


def test_without_maintained_hosts_nothing_is_unavailable() -> None:
    rules = listener_rules(ROUTES, {}, REDIRECTS, MaintainedHosts([], OFFICE))
    assert not [rule for rule in rules if rule.during_maintenance or rule.action == Unavailable()]


@pytest.mark.parametrize("passing", [[], OFFICE])
def test_maintenance_comes_first_and_takes_nothing_away(passing: list[IPv4Network]) -> None:
    maintained = listener_rules(ROUTES, {}, REDIRECTS, MaintainedHosts(["shop", "www"], passing))
    for host, path in (("shop", "/"), ("shop", "/api"), ("www", "/")):
        assert answer(maintained, host, path) == Unavailable()
    assert answer(maintained, "admin", "/") == Forward("web")
    office = answer(maintained, "shop", "/api", "198.51.100.4")
    assert office == (Forward("api") if passing else Unavailable())
    # What the rules forward to keeps its target group.
    usual = listener_rules(ROUTES, {}, REDIRECTS, MaintainedHosts())
    assert [rule for rule in maintained if rule in usual] == usual


def test_a_restricted_host_stays_restricted_in_maintenance() -> None:
    allowed = {"admin": [IPv4Network("198.51.100.0/30"), IPv4Network("192.0.2.7/32")]}
    passing = [IPv4Network("198.51.100.2/32"), IPv4Network("192.0.2.0/24"), IPv4Network("203.0.113.0/24")]
    rules = listener_rules(ROUTES, allowed, {}, MaintainedHosts(["admin", "shop"], passing))
    assert [rule.sources for rule in rules if rule.during_maintenance and rule.host == "admin"] == [
        ("198.51.100.2/32", "192.0.2.7/32")
    ]
    assert answer(rules, "admin", "/", "203.0.113.9") == Unavailable()
    nobody = listener_rules(ROUTES, allowed, {}, MaintainedHosts(["admin"], [IPv4Network("10.0.0.0/8")]))
    assert not [rule for rule in nobody if rule.during_maintenance]


hosts = st.sampled_from(["shop", "admin", "api"])
paths = st.lists(st.sampled_from(["a", "b", "ab"]), max_size=3).map(lambda parts: "/" + "/".join(parts))
texts = st.tuples(st.integers(0, 7), st.integers(16, 32)).map(lambda pair: f"10.0.{pair[0]}.0/{pair[1]}")
networks = st.lists(texts.map(lambda text: IPv4Network(text, strict=False)), max_size=7, unique=True)


@given(
    st.dictionaries(st.tuples(hosts, paths), st.sampled_from(["web", "api", "files"]), min_size=1, max_size=8),
    st.dictionaries(hosts, networks, max_size=2), st.sets(hosts), networks, hosts, paths, st.integers(0, 7),
)  # fmt: skip
def test_any_request_goes_where_the_configuration_says(
    leads: dict[tuple[str, str], str], allowed: dict[str, list[IPv4Network]], closed: set[str],
    passing: list[IPv4Network], host: str, path: str, number: int,
) -> None:  # fmt: skip
    found = [Route(host_, path_, service) for (host_, path_), service in leads.items()]
    rules = listener_rules(found, allowed, {}, MaintainedHosts(sorted(closed), passing))
    source = f"10.0.{number}.0"
    of_host = [route for route in found if route.host == host]
    admitted = not allowed.get(host) or any(ip_address(source) in network for network in allowed[host])
    if of_host and host in closed and not (admitted and any(ip_address(source) in network for network in passing)):
        expected: Action | None = Unavailable()
    else:
        taking = [route for route in of_host if route.takes(path)] if admitted else []
        longest = max(taking, key=lambda route: len(route.path), default=None)
        expected = Forward(longest.service) if longest else None
        if host in closed and longest is None and of_host:
            expected = Unavailable()
    assert answer(rules, host, path, source) == expected
    assert all(len(rule.sources) + (2 if rule.path == "/" else 3) <= 5 for rule in rules)
