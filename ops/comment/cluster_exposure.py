"""Finds the exposures of Kubernetes objects: Ingresses, Services and network policies."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.preview import State
from ops.comment.exposure_model import Exposure, describe_networks
from ops.comment.finding import Severity
from ops.comment.properties import elements, mapping

_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_ALB = "alb.ingress.kubernetes.io/"


def of(state: State) -> Iterator[Exposure]:
    """Yield the exposures of one object."""
    match state.type:
        case "kubernetes:networking.k8s.io/v1:Ingress":
            yield from _ingress(state)
        case "kubernetes:networking.k8s.io/v1:NetworkPolicy":
            yield from _network_policy(state)
        case "kubernetes:core/v1:Service":
            kind = mapping(state.inputs.get("spec")).get("type")
            if kind in ("LoadBalancer", "NodePort"):
                yield Exposure(f"<{state.name}> is a Service of type {kind}", "the VPC or the internet", Severity.STOP)
        case _:
            pass


def _ingress(state: State) -> Iterator[Exposure]:
    annotations = mapping(mapping(state.inputs.get("metadata")).get("annotations"))
    if annotations.get(f"{_ALB}scheme") != "internet-facing":
        return
    firewall = annotations.get(f"{_ALB}wafv2-acl-arn")
    if firewall in (None, "none", ""):
        yield Exposure(f"<{state.name}> has no firewall", "the internet", Severity.STOP)
    limits = str(annotations.get(f"{_ALB}inbound-cidrs") or "the internet")
    for rule in elements(mapping(state.inputs.get("spec")).get("rules")):
        host = str(mapping(rule).get("host") or "every host")
        for path in elements(mapping(mapping(rule).get("http")).get("paths")):
            service = mapping(mapping(mapping(path).get("backend")).get("service")).get("name")
            allowed = _addresses(annotations.get(f"{_ALB}conditions.{service}"))
            yield Exposure(f"{host}{mapping(path).get('path') or ''}", allowed or limits)


def _addresses(conditions: Any) -> str:
    """Return the networks that a condition of the load balancer allows; empty if it limits none."""
    try:
        found: Any = json.loads(conditions) if isinstance(conditions, str) else None
    except ValueError:
        return ""
    values = [
        str(value)
        for each in elements(found)
        for value in elements(mapping(mapping(each).get("sourceIpConfig")).get("values"))
    ]
    return ", ".join(values)


def _network_policy(state: State) -> Iterator[Exposure]:
    spec = mapping(state.inputs.get("spec"))
    for direction, peers, rules in (("to", "from", "ingress"), ("from", "to", "egress")):
        for rule in elements(spec.get(rules)):
            listed = elements(mapping(rule).get(peers))
            what = f"network {direction} pods of <{state.name}>, {_ports(mapping(rule))}"
            if not listed:
                yield Exposure(what, "everything")
            for peer in listed:
                block = mapping(mapping(peer).get("ipBlock"))
                if isinstance(cidr := block.get("cidr"), str):
                    for network, _ in describe_networks([cidr]):
                        yield Exposure(what, network)
                elif pods := _pods(mapping(peer)):
                    yield Exposure(what, pods)


def _ports(rule: Mapping[str, Any]) -> str:
    ports = [mapping(each) for each in elements(rule.get("ports"))]
    return (
        ", ".join(f"{each.get('protocol', 'TCP')} {each.get('port', 'to every port')}" for each in ports)
        or "every port"
    )


def _pods(peer: Mapping[str, Any]) -> str:
    """Describe a peer that selects pods of other namespaces, or all pods of its own; empty for some pods of its own."""
    namespaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
    which = f"pods {json.dumps(pods, sort_keys=True)}" if pods else "every pod"
    if namespaces is None:
        return "" if pods else "every pod of the namespace"
    return f"{which} of {f'namespaces {json.dumps(namespaces, sort_keys=True)}' if namespaces else 'every namespace'}"


def without_network_policy(states: list[State]) -> Iterator[Exposure]:
    """Yield an exposure for each namespace that has Deployments but no network policy."""
    pods = {_namespace(state) for state in states if state.type == "kubernetes:apps/v1:Deployment"}
    closed = {_namespace(state) for state in states if state.type == _POLICY}
    for namespace in sorted(pods - closed):
        yield Exposure(f"namespace {namespace} has no network policy", "every pod of the cluster", Severity.STOP)


def _namespace(state: State) -> str:
    return str(mapping(state.inputs.get("metadata")).get("namespace") or "default")
