"""Builds the actions of a load balancer's rules from the annotations `actions.<name>` of an Ingress.

An action is a mapping as the API of Elastic Load Balancing has it, except that a target is a Service and its port.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.ingress_annotations import InvalidIngress, document

_BY_ANNOTATION = "use-annotation"
_CONFIGURATIONS = {"redirect": "redirectconfig", "fixed-response": "fixedresponseconfig", "forward": "forwardconfig"}
_SPELLED = {"redirect": "RedirectConfig", "fixed-response": "FixedResponseConfig", "forward": "ForwardConfig"}

Action = dict[str, Any]

NOT_FOUND: Action = {"type": "fixed-response", "statuscode": "404", "contenttype": "text/plain", "messagebody": ""}
"""The controller's default action, for requests that no rule matches."""


def backend_action(ingress: Object, service: Object) -> Action:
    """Return the action of a rule's backend: of a Service, or of the annotation that the backend names.

    Raises:
        InvalidIngress: The annotation is missing or not right.
    """
    name, port = service["name"], service["port"]
    if port.get("name") != _BY_ANNOTATION:
        return _forward([(name, port.get("number") or port.get("name"))])
    action = document(ingress, f"actions.{name}")
    if action is None:
        raise InvalidIngress(f"missing actions.{name} configuration")
    kind = action.get("type")
    if kind not in _CONFIGURATIONS:
        raise InvalidIngress(f"unknown action type: {kind or ''}")
    config = action.get(_CONFIGURATIONS[kind])
    if config is None:
        raise InvalidIngress(f"missing {_SPELLED[kind]}")
    if kind == "forward":
        return _forward(_targets(config.get("targetgroups") or []))
    if not config.get("statuscode"):
        raise InvalidIngress(f"invalid {_SPELLED[kind]}: statusCode is required")
    return {"type": kind, **config}


def targets(action: Action) -> list[tuple[str, Any]]:
    """Return service and port of each target of an action; only those that forward have some."""
    return [(each["service"], each["port"]) for each in action.get("targets", [])]


def _forward(found: Iterable[tuple[str, Any]]) -> Action:
    return {"type": "forward", "targets": [{"service": service, "port": port} for service, port in found]}


def _targets(groups: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for group in groups:
        if "servicename" not in group:
            raise InvalidIngress(
                "invalid ForwardConfig: invalid TargetGroupTuple: missing serviceName or targetGroupARN/targetGroupName"
            )
        if "serviceport" not in group:
            raise InvalidIngress("invalid ForwardConfig: invalid TargetGroupTuple: missing servicePort")
        if len(groups) > 1 and "weight" not in group:
            raise InvalidIngress("invalid ForwardConfig: weight must be set when route to multiple target groups")
        port = str(group["serviceport"])
        yield group["servicename"], int(port) if port.isdigit() else port
