"""Reads the rules of an Ingress by which its load balancer forwards, redirects, or answers itself."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.comment.properties import elements, mapping

ALB = "alb.ingress.kubernetes.io/"
_BY_ANNOTATION = "use-annotation"


@dataclass(frozen=True)
class Rule:
    """A rule for requests to a host whose path begins with `path`.

    Attributes:
        host: The host; empty for every host.
        path: The path.
        action: What the load balancer does: `forward`, `redirect` or `fixed-response`.
        target: The Service that it forwards to, or the host that it redirects to; empty for an answer of its own.
        networks: The only networks that the rule is for, as text; empty for all.
    """

    host: str
    path: str
    action: str
    target: str
    networks: str


def ingress_rules(inputs: Mapping[str, Any]) -> list[Rule]:
    """Return the rules of an Ingress, in order."""
    return list(_rules(inputs))


def maintained(found: list[Rule]) -> set[str]:
    """Return the hosts for which the load balancer answers itself what else it would forward or redirect."""
    return {rule.host for rule in found if rule.action == "fixed-response" and rule.path == "/"}


def usual(found: list[Rule]) -> Iterator[Rule]:
    """Yield the rules without those of a maintenance page: the page itself, and whom it lets through before it."""
    for number, rule in enumerate(found):
        later = (each for each in found[number:] if each.host == rule.host)
        if not any(each.action == "fixed-response" for each in later):
            yield rule


def _rules(inputs: Mapping[str, Any]) -> Iterator[Rule]:
    annotations = mapping(mapping(inputs.get("metadata")).get("annotations"))
    for rule in elements(mapping(inputs.get("spec")).get("rules")):
        host = str(mapping(rule).get("host") or "")
        for path in elements(mapping(mapping(rule).get("http")).get("paths")):
            service = mapping(mapping(mapping(path).get("backend")).get("service"))
            name = str(service.get("name"))
            action, target = "forward", name
            if mapping(service.get("port")).get("name") == _BY_ANNOTATION:
                action, target = _action(_document(annotations.get(f"{ALB}actions.{name}")))
            networks = _networks(_document(annotations.get(f"{ALB}conditions.{name}")))
            yield Rule(host, str(mapping(path).get("path") or ""), action, target, networks)


def _action(document: Any) -> tuple[str, str]:
    action = mapping(document)
    groups = elements(mapping(action.get("forwardConfig")).get("targetGroups"))
    target = mapping(groups[0]).get("serviceName") if groups else mapping(action.get("redirectConfig")).get("host")
    # What cannot be read may forward: it is reviewed as if it did.
    return str(action.get("type") or "forward"), str(target or "")


def _networks(document: Any) -> str:
    found = [
        str(value)
        for condition in elements(document)
        for value in elements(mapping(mapping(condition).get("sourceIpConfig")).get("values"))
    ]
    return ", ".join(found)


def _document(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
