"""Routes requests by the rules of a load balancer's Ingress: hosts, and the networks that may reach them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from emulator.kubernetes.api import Object

_PREFIX = "alb.ingress.kubernetes.io"
_BY_ANNOTATION = "use-annotation"

NOT_FOUND = "404"
"""Response of the controller's default action to requests that no rule matches."""


@dataclass(frozen=True)
class Target:
    """A Service and one of its ports, by number or name."""

    service: str
    port: Any


@dataclass(frozen=True)
class Rule:
    """A rule for requests to a host, where empty means any, from source networks, where empty means any."""

    host: str
    sources: tuple[str, ...]
    targets: tuple[Target, ...]


def rules(ingress: Object) -> list[Rule]:
    """Return the rules of the Ingress in order. Paths are ignored: each is treated as `/`."""
    spec = ingress["spec"]
    paths = [
        (rule.get("host", ""), path["backend"])
        for rule in spec.get("rules", [])
        for path in rule.get("http", {}).get("paths", [])
    ]
    if "defaultBackend" in spec:
        paths.append(("", spec["defaultBackend"]))
    return [_rule(ingress, host, backend["service"]) for host, backend in paths if "service" in backend]


def route(ingress: Object, host: str, source: str) -> str:
    """Return the target of a request to a host from an address: `<service>:<port>`, or `404`."""
    for rule in rules(ingress):
        networks = [ip_network(cidr) for cidr in rule.sources]
        reached = not networks or any(ip_address(source) in network for network in networks)
        if rule.host in ("", host) and reached and rule.targets:
            target = rule.targets[0]
            return f"{target.service}:{target.port}"
    return NOT_FOUND


def _rule(ingress: Object, host: str, service: Object) -> Rule:
    name, port = service["name"], service["port"]
    sources = tuple(
        value
        for condition in _annotation(ingress, f"conditions.{name}")
        if condition.get("field") == "source-ip"
        for value in condition["sourceIpConfig"]["values"]
    )
    if port.get("name") != _BY_ANNOTATION:
        return Rule(host, sources, (Target(name, port.get("number") or port.get("name")),))
    return Rule(host, sources, tuple(_forwarded(ingress, name)))


def _forwarded(ingress: Object, action: str) -> Iterator[Target]:
    """Yield the targets of an action; a redirect or fixed response has none."""
    for document in _annotation(ingress, f"actions.{action}"):
        for group in document.get("forwardConfig", {}).get("targetGroups", []):
            yield Target(group["serviceName"], group["servicePort"])


def _annotation(ingress: Object, name: str) -> list[Any]:
    text = ingress["metadata"].get("annotations", {}).get(f"{_PREFIX}/{name}", "[]")
    document = json.loads(text)
    return document if isinstance(document, list) else [document]
