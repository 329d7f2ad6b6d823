"""Derives the load balancer of an Ingress from its annotations, as the AWS Load Balancer Controller does."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import load_balancer_actions, load_balancer_rules
from emulator.kubernetes.controllers.ingress_annotations import InvalidIngress, annotation, names

_VERSIONS = ("HTTP1", "HTTP2", "GRPC")
FINALIZER = "ingress.k8s.aws/resources"
CONTROLLER = "ingress.k8s.aws/alb"


@dataclass(frozen=True)
class Listener:
    """A listener of the load balancer."""

    protocol: str
    port: int


def attributes(ingress: Object) -> dict[str, str]:
    """Return the attributes of `load-balancer-attributes`; the load balancer keeps attributes that are absent."""
    pairs = (pair.partition("=") for pair in names(ingress, "load-balancer-attributes"))
    return {key: value for key, _, value in pairs}


def scheme(ingress: Object) -> str:
    """Return `internal` or `internet-facing`."""
    return annotation(ingress, "scheme", "internal")


def load_balancer_name(cluster: str, ingress: Object) -> str:
    """Return the load balancer's name from its annotation, or else `k8s-<namespace>-<ingress>-<10 hex digits>`."""
    metadata = ingress["metadata"]
    return annotation(ingress, "load-balancer-name") or _name(
        metadata["namespace"], metadata["name"], f"{cluster}{metadata['uid']}"
    )


def target_group_name(ingress: Object, service: str, port: Any, version: str = "HTTP1") -> str:
    """Return the name of a target group and of its TargetGroupBinding: another version is another target group."""
    namespace = ingress["metadata"]["namespace"]
    other = "" if version == "HTTP1" else version
    return _name(namespace, service, f"{ingress['metadata']['uid']}{service}{port}{other}")


def protocol_version(ingress: Object, service: Object) -> str:
    """Return the version of HTTP that a Service's pods speak, by its annotation, or else by that of the Ingress.

    Raises:
        InvalidIngress: It is none that a target group may have.
    """
    usual = annotation(ingress, "backend-protocol-version", "HTTP1")
    version = annotation(service, "backend-protocol-version", usual)
    if version not in _VERSIONS:
        raise InvalidIngress(f"backend protocol version must be within [{', '.join(_VERSIONS)}]: {version}")
    return version


def served(ingress: Object, versions: Mapping[str, str]) -> dict[str, Any]:
    """Return the listeners with their rules, by protocol and port, given the protocol versions of the Services.

    Raises:
        InvalidIngress: An annotation is missing or not right.
    """
    found: dict[str, Any] = {}
    redirect = annotation(ingress, "ssl-redirect")
    for listener in listeners(ingress):
        key = f"{listener.protocol}:{listener.port}"
        if redirect and listener.protocol == "HTTP":
            action = {"type": "redirect", "protocol": "HTTPS", "port": redirect, "statuscode": "HTTP_301"}
            found[key] = {"rules": [], "default": action}
            continue
        rules = load_balancer_rules.rules(ingress, listener.protocol, listener.port)
        found[key] = {"rules": rules, "default": load_balancer_rules.default_action(ingress)}
        for action in (*(rule["action"] for rule in rules), found[key]["default"]):
            for target in action.get("targets", []):
                target["version"] = versions.get(target["service"], "HTTP1")
    return found


def listeners(ingress: Object) -> list[Listener]:
    """Return the listeners from `listen-ports`; HTTPS needs a certificate.

    Raises:
        InvalidIngress: The annotation is malformed, or HTTPS has no certificate.
    """
    certificates = names(ingress, "certificate-arn")
    text = annotation(ingress, "listen-ports", '[{"HTTPS": 443}]' if certificates else '[{"HTTP": 80}]')
    try:
        found = [Listener(protocol, int(port)) for entry in json.loads(text) for protocol, port in entry.items()]
    except (ValueError, AttributeError, TypeError) as error:
        raise InvalidIngress(f"failed to parse listen-ports configuration: `{text}`: {error}") from None
    if any(listener.protocol == "HTTPS" for listener in found) and not certificates:
        hosts = [rule.get("host", "*") for rule in ingress["spec"].get("rules", [])]
        raise InvalidIngress(f"no certificate found for host: {', '.join(hosts) or '*'}")
    return found


def backends(ingress: Object) -> list[tuple[str, Any]]:
    """Return service name and port (a number or a name) of every backend, each once."""
    found = {
        target for action in load_balancer_rules.actions(ingress) for target in load_balancer_actions.targets(action)
    }
    return sorted(found, key=str)


def service_port(service: Object, port: Any) -> Object | None:
    """Return the port of a Service that an Ingress names by number or name; None if there is none."""
    ports = service["spec"].get("ports", [])
    return next((each for each in ports if port in (each.get("port"), each.get("name"))), None)


def target_group_binding(
    ingress: Object, service: str, port: Any, region: str, account: str, version: str = "HTTP1"
) -> Object:
    """Build the TargetGroupBinding of a backend, whose pods speak a version of HTTP."""
    name = target_group_name(ingress, service, port, version)
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return {
        "apiVersion": "elbv2.k8s.aws/v1beta1",
        "kind": "TargetGroupBinding",
        "metadata": {
            "name": name,
            "namespace": ingress["metadata"]["namespace"],
            "labels": {
                "ingress.k8s.aws/stack-name": ingress["metadata"]["name"],
                "ingress.k8s.aws/stack-namespace": ingress["metadata"]["namespace"],
            },
            "finalizers": ["elbv2.k8s.aws/resources"],
        },
        "spec": {
            "serviceRef": {"name": service, "port": port},
            "targetGroupARN": f"arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{digest}",
            "targetType": annotation(ingress, "target-type", "instance"),
            "ipAddressType": "ipv4",
        },
    }


def gate(binding: Object) -> str:
    """Return the type of the pod condition that belongs to a TargetGroupBinding."""
    return f"target-health.elbv2.k8s.aws/{binding['metadata']['name']}"


def uses(ingress: Object, service: str) -> bool:
    """Return whether the Ingress routes to the Service."""
    return service in {name for name, _ in backends(ingress)}


def _name(first: str, second: str, seed: str) -> str:
    parts = [re.sub(r"[^a-z0-9]", "", part.lower())[:8] for part in (first, second)]
    return f"k8s-{parts[0]}-{parts[1]}-{hashlib.sha256(seed.encode()).hexdigest()[:10]}"
