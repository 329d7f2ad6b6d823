"""Builds the rules of a load balancer's listeners from its Ingress, and routes requests by them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import load_balancer_conditions
from emulator.kubernetes.controllers.load_balancer_actions import NOT_FOUND, Action, backend_action, targets
from emulator.kubernetes.controllers.load_balancer_conditions import Request, conditions, matches

Rule = dict[str, Any]
"""A rule: its `conditions`, all of which a request has to meet, and its `action`."""

_TYPES = ("Exact", "Prefix")


def rules(ingress: Object, protocol: str = "HTTP", port: int = 80) -> list[Rule]:
    """Return the rules of a listener, in order.

    The controller takes the Ingress's rules as they come, and of each the exact paths, then the prefixes by length.

    Raises:
        InvalidIngress: An annotation is missing or not right.
    """
    found = [
        {
            "conditions": conditions(ingress, rule.get("host", ""), path, path["backend"]["service"]["name"]),
            "action": backend_action(ingress, path["backend"]["service"]),
        }
        for rule in ingress["spec"].get("rules", [])
        for path in _sorted(rule.get("http", {}).get("paths", []))
    ]
    return list(_optimized(found, protocol, port))


def default_action(ingress: Object) -> Action:
    """Return the action for requests that no rule matches."""
    backend = ingress["spec"].get("defaultBackend", {})
    return backend_action(ingress, backend["service"]) if "service" in backend else NOT_FOUND


def actions(ingress: Object) -> list[Action]:
    """Return the actions of all rules and the default one: the controller makes a target group for each target."""
    backends = [
        path["backend"]["service"]
        for rule in ingress["spec"].get("rules", [])
        for path in rule.get("http", {}).get("paths", [])
    ]
    return [*(backend_action(ingress, service) for service in backends), default_action(ingress)]


def chosen(listener: Mapping[str, Any], request: Request) -> Action:
    """Return the action of the first rule of a listener that a request meets, or the default one."""
    for rule in listener["rules"]:
        if all(matches(condition, request) for condition in rule["conditions"]):
            return rule["action"]
    return listener["default"]


def route(ingress: Object, host: str, source: str, path: str = "/") -> str:
    """Return where a request goes: `<service>:<port>`, or the status of a redirect or of a fixed response."""
    listener = {"rules": rules(ingress), "default": default_action(ingress)}
    return destination(chosen(listener, Request(host, path, source)))


def destination(action: Action) -> str:
    """Return the target of an action, or the status that it answers with."""
    for service, port in targets(action):
        return f"{service}:{port}"
    return str(action.get("statuscode", "")).removeprefix("HTTP_")


def hosts(ingress: Object) -> set[str]:
    """Return the hosts that rules of the Ingress are about."""
    return {rule["host"] for rule in ingress["spec"].get("rules", []) if rule.get("host")}


def _sorted(paths: Sequence[Object]) -> list[Object]:
    exact, prefix = ([path for path in paths if path.get("pathType") == kind] for kind in _TYPES)
    others = [path for path in paths if path.get("pathType") not in _TYPES]
    return [*exact, *sorted(prefix, key=lambda path: -len(path["path"])), *others]


def _optimized(found: Sequence[Rule], protocol: str, port: int) -> Iterator[Rule]:
    """Yield the rules without redirects that lead to themselves and without what comes behind a redirect of the same.

    A fixed response hides nothing: what comes behind it keeps its rules.
    """
    kept: list[Rule] = []
    for rule in found:
        if _leads_to_itself(rule, protocol, port):
            continue
        if any(each["action"]["type"] == "redirect" and _contains(each, rule) for each in kept):
            continue
        kept.append(rule)
        yield rule


def _leads_to_itself(rule: Rule, protocol: str, port: int) -> bool:
    action = rule["action"]
    if action["type"] != "redirect":
        return False
    same: dict[str, Callable[[str], bool]] = {
        "host": lambda value: value == "#{host}" or value in _values(rule, load_balancer_conditions.HOST),
        "path": lambda value: value == "/#{path}" or value in _values(rule, load_balancer_conditions.PATH),
        "port": lambda value: value in ("#{port}", str(port)),
        "protocol": lambda value: value in ("#{protocol}", protocol),
        "query": lambda value: value == "#{query}",
    }
    return all(is_same(action[part]) for part, is_same in same.items() if part in action)


def _contains(outer: Rule, inner: Rule) -> bool:
    """Return whether the first rule takes every request that the second one takes."""
    of_both = (load_balancer_conditions.HOST, load_balancer_conditions.PATH)
    if any(condition["field"] not in of_both for condition in outer["conditions"]):
        return False
    (host, inner_host), (path, inner_path) = ((_values(outer, each), _values(inner, each)) for each in of_both)
    return (not host or (bool(inner_host) and host >= inner_host)) and (
        not path or "/*" in path or (bool(inner_path) and path >= inner_path)
    )


def _values(rule: Rule, field: str) -> set[str]:
    return {value for condition in rule["conditions"] if condition["field"] == field for value in condition["values"]}
