"""The rules of the Ingress and their annotations: the load balancer's rules, as its controller reads them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.networking import v1

from components.config.listener_rules import Forward, ListenerRule, Redirect
from components.config.routes import ALL
from components.workloads.ingress_annotations import PREFIX

MAINTENANCE = "maintenance"
"""The name of the action that answers with the maintenance page."""

Annotations = dict[str, pulumi.Input[str]]


@dataclass(frozen=True)
class Backend:
    """The Service that gets requests."""

    service: pulumi.Input[str]
    port: int


def ingress_rules(
    rules: list[ListenerRule], backends: Mapping[str, Backend], page: str
) -> tuple[list[v1.IngressRuleArgs], Annotations]:
    """The Ingress's rules, one each, in their order, and the annotations that they need.

    The controller makes one rule of the load balancer of each, in the order of the Ingress. What is more than
    forwarding is an action with a name, for which the rule has the port `use-annotation`. Conditions belong to a name
    as well, and other rules may forward to the same Service: hence names of their own.
    """
    made: list[v1.IngressRuleArgs] = []
    annotations: Annotations = {}
    seen: dict[tuple[str, str, bool], int] = {}
    for rule in rules:
        if isinstance(rule.action, Forward) and not rule.sources:
            backend = backends[rule.action.service]
            made.append(_rule(rule, backend.service, v1.ServiceBackendPortArgs(number=backend.port)))
            continue
        key = (rule.host, rule.path, rule.during_maintenance)
        seen[key] = seen.get(key, 0) + 1
        name, action = _action(rule, seen[key], backends, page)
        annotations[f"{PREFIX}actions.{name}"] = action
        if rule.sources:
            conditions = [{"field": "source-ip", "sourceIpConfig": {"values": list(rule.sources)}}]
            annotations[f"{PREFIX}conditions.{name}"] = json.dumps(conditions)
        made.append(_rule(rule, name, v1.ServiceBackendPortArgs(name="use-annotation")))
    return made, annotations


def _action(
    rule: ListenerRule, number: int, backends: Mapping[str, Backend], page: str
) -> tuple[str, pulumi.Input[str]]:
    """The name of a rule's action, and the action in JSON."""
    match rule.action:
        case Forward(service):
            backend = backends[service]
            action = pulumi.Output.from_input(backend.service).apply(lambda name: _forward(name, backend.port))
            return f"{_name(rule)}-{number}", action
        case Redirect(host):
            # What is not said stays as it was asked for: protocol, port, path and query.
            config = {"host": host, "statusCode": "HTTP_301"}
            return f"redirect-{_name(rule)}", json.dumps({"type": "redirect", "redirectConfig": config})
        case _:
            config = {"contentType": "text/html", "statusCode": "503", "messageBody": page}
            return MAINTENANCE, json.dumps({"type": "fixed-response", "fixedResponseConfig": config})


def _forward(service: str, port: int) -> str:
    group: dict[str, Any] = {"serviceName": service, "servicePort": port}
    return json.dumps({"type": "forward", "forwardConfig": {"targetGroups": [group]}})


def _name(rule: ListenerRule) -> str:
    """A name of a host and path. Kubernetes allows 63 characters after the prefix, and a host may have more."""
    place = f"{rule.host}{rule.path.removesuffix(ALL)}"
    name = f"{rule.host.partition('.')[0][:30]}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"
    return f"{MAINTENANCE}-{name}" if rule.during_maintenance else name


def _rule(rule: ListenerRule, service: pulumi.Input[str], port: v1.ServiceBackendPortArgs) -> v1.IngressRuleArgs:
    backend = v1.IngressBackendArgs(service=v1.IngressServiceBackendArgs(name=service, port=port))
    path = v1.HTTPIngressPathArgs(path=rule.path, path_type="Prefix", backend=backend)
    return v1.IngressRuleArgs(host=rule.host, http=v1.HTTPIngressRuleValueArgs(paths=[path]))
