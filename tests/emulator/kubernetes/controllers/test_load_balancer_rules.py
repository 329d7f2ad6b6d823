"""Where a load balancer sends requests."""

import json
from typing import Any

import pytest

from emulator.kubernetes.controllers import load_balancer_model
from emulator.kubernetes.controllers.ingress_annotations import InvalidIngress
from emulator.kubernetes.controllers.load_balancer_conditions import Request
from emulator.kubernetes.controllers.load_balancer_rules import chosen, default_action, route, rules

PREFIX = "alb.ingress.kubernetes.io"
OFFICE = [{"field": "source-ip", "sourceIpConfig": {"values": ["198.51.100.0/24"]}}]
FORWARD = {"type": "forward", "forwardConfig": {"targetGroups": [{"serviceName": "backoffice", "servicePort": 4000}]}}
REDIRECT = {"type": "redirect", "redirectConfig": {"host": "example.com", "statusCode": "HTTP_301"}}
CLOSED = {"type": "fixed-response", "fixedResponseConfig": {"statusCode": "503"}}
ACTION = {"name": "use-annotation"}


def rule(host: str, *paths: tuple[str, str, dict[str, Any]], kind: str = "Prefix") -> dict[str, Any]:
    """A rule of the Ingress, with a path, a backend and its port each."""
    listed = [
        {"path": path, "pathType": kind, "backend": {"service": {"name": name, "port": port}}}
        for path, name, port in paths
    ]
    return {"host": host, "http": {"paths": listed}}


def ingress(*listed: dict[str, Any], **annotations: Any) -> dict[str, Any]:
    named = {f"{PREFIX}/{key.replace('__', '.')}": json.dumps(value) for key, value in annotations.items()}
    metadata = {"namespace": "shop", "name": "shop", "uid": "u", "annotations": named}
    return {"metadata": metadata, "spec": {"rules": list(listed)}}


SHOP = ingress(
    rule("example.com", ("/", "frontend", {"number": 3000}), ("/api", "backend", {"number": 5000})),
    rule("admin.example.com", ("/", "office", ACTION)),
    rule("www.example.com", ("/", "www", ACTION)),
    actions__office=FORWARD, conditions__office=OFFICE, actions__www=REDIRECT,
)  # fmt: skip


@pytest.mark.parametrize(
    ("host", "source", "path", "expected"),
    [
        ("example.com", "203.0.113.9", "/", "frontend:3000"),
        ("EXAMPLE.com", "203.0.113.9", "/", "frontend:3000"),
        ("example.com", "203.0.113.9", "/api", "backend:5000"),
        ("example.com", "203.0.113.9", "/api/items", "backend:5000"),
        ("example.com", "203.0.113.9", "/apiary", "frontend:3000"),
        ("example.com", "203.0.113.9", "/API", "frontend:3000"),
        ("admin.example.com", "198.51.100.7", "/users", "backoffice:4000"),
        ("admin.example.com", "203.0.113.9", "/users", "404"),
        ("www.example.com", "203.0.113.9", "/", "301"),
        ("elsewhere.example.com", "198.51.100.7", "/", "404"),
    ],
)
def test_a_request_goes_by_host_path_and_source(host: str, source: str, path: str, expected: str) -> None:
    assert route(SHOP, host, source, path) == expected


def test_rules_of_one_host_are_tried_as_they_come() -> None:
    first, second = rule("a", ("/", "all", {"number": 1})), rule("a", ("/api", "some", {"number": 1}))
    assert route(ingress(first, second), "a", "", "/api") == "all:1"
    assert route(ingress(second, first), "a", "", "/api") == "some:1"


def test_an_exact_path_comes_before_prefixes_and_a_path_without_type_is_a_pattern() -> None:
    prefix = rule("a", ("/api/items", "prefix", {"number": 1}))
    exact = rule("a", ("/api", "exact", {"number": 1}), kind="Exact")
    both = {"host": "a", "http": {"paths": [*prefix["http"]["paths"], *exact["http"]["paths"]]}}
    assert [route(ingress(both), "a", "", path) for path in ("/api", "/api/items", "/api/x")] == [
        "exact:1", "prefix:1", "404",
    ]  # fmt: skip
    pattern = rule("a", ("/img/*.png", "images", {"number": 1}), kind="ImplementationSpecific")
    assert route(ingress(pattern), "a", "", "/img/a.png") == "images:1"
    assert route(ingress(pattern), "a", "", "/img/a.gif") == "404"


def test_a_fixed_response_hides_what_comes_behind_it_and_takes_no_target_group_away() -> None:
    closed = ingress(rule("a", ("/", "closed", ACTION)), rule("a", ("/", "web", {"number": 1})), actions__closed=CLOSED)
    assert route(closed, "a", "") == "503"
    assert load_balancer_model.backends(closed) == [("web", 1)]
    assert len(rules(closed)) == 2


def test_what_comes_behind_a_redirect_of_the_same_hosts_is_left_out() -> None:
    moved = ingress(rule("a", ("/", "moved", ACTION)), rule("a", ("/", "web", {"number": 1})), actions__moved=REDIRECT)
    assert len(rules(moved)) == 1
    to_itself = REDIRECT["redirectConfig"] | {"host": "a"}  # type: ignore[operator]
    loop = ingress(rule("a", ("/", "x", ACTION)), actions__x={"type": "redirect", "redirectConfig": to_itself})
    assert rules(loop) == []


def test_a_service_behind_an_action_has_targets_too() -> None:
    assert load_balancer_model.backends(SHOP) == [("backend", 5000), ("backoffice", 4000), ("frontend", 3000)]


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        ({}, "missing actions.x configuration"),
        ({"actions__x": {"type": "forwarding"}}, "unknown action type: forwarding"),
        ({"actions__x": {"type": "redirect"}}, "missing RedirectConfig"),
        ({"actions__x": {"type": "redirect", "redirectConfig": {"host": "b"}}}, "statusCode is required"),
        ({"actions__x": {"type": "forward", "forwardConfig": {"targetGroups": [{}]}}}, "missing serviceName"),
        ({"actions__x": CLOSED, "conditions__x": [{"field": "source"}]}, "unknown condition field: source"),
        ({"actions__x": CLOSED, "conditions__x": [{"field": "source-ip"}]}, "missing sourceIPConfig"),
        ({"actions__x": CLOSED, "conditions__x": [{"field": "source-ip", "sourceIPConfig": {}}]}, "cannot be empty"),
    ],
)
def test_what_the_controller_refuses(annotations: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidIngress, match=message):
        rules(ingress(rule("a", ("/", "x", ACTION)), **annotations))


def test_an_annotation_that_is_not_json_is_refused() -> None:
    broken = ingress(rule("a", ("/", "x", ACTION)))
    broken["metadata"]["annotations"][f"{PREFIX}/actions.x"] = "{"
    with pytest.raises(InvalidIngress, match=f"failed to parse json annotation, {PREFIX}/actions.x"):
        rules(broken)


@pytest.mark.parametrize(
    ("condition", "met", "missed"),
    [
        (
            {"field": "http-header", "httpHeaderConfig": {"httpHeaderName": "X-Kind", "values": ["be*"]}},
            Request("a", headers={"x-kind": "Beta"}), Request("a"),
        ),
        (
            {"field": "http-request-method", "httpRequestMethodConfig": {"values": ["POST"]}},
            Request("a", method="POST"), Request("a"),
        ),
        (
            {"field": "query-string", "queryStringConfig": {"values": [{"key": "v", "value": "2"}]}},
            Request("a", query="x=1&v=2"), Request("a", query="v=1"),
        ),
    ],
)  # fmt: skip
def test_other_conditions(condition: dict[str, Any], met: Request, missed: Request) -> None:
    made = ingress(rule("a", ("/", "web", {"number": 1})), conditions__web=[condition])
    listener = {"rules": rules(made), "default": default_action(made)}
    assert chosen(listener, met)["type"] == "forward"
    assert chosen(listener, missed)["type"] == "fixed-response"
