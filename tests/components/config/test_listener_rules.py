"""The load balancer's rules: their order, their limits, and what maintenance puts in front of them."""

from ipaddress import IPv4Network, ip_address, ip_network

import pytest

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
