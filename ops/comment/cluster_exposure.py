"""What the cluster's own objects let in: Ingresses, Services and network policies."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.preview import State
from ops.comment.exposure_model import Exposure, whom
from ops.comment.finding import Severity
from ops.comment.values import elements, mapping

_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_ALB = "alb.ingress.kubernetes.io/"


def of(state: State) -> Iterator[Exposure]:
    """The ways in that one object opens."""
    match state.type:
        case "kubernetes:networking.k8s.io/v1:Ingress":
            yield from _ingress(state)
        case "kubernetes:networking.k8s.io/v1:NetworkPolicy":
            yield from _network_policy(state)
        case "kubernetes:core/v1:Service":
            kind = mapping(state.inputs.get("spec")).get("type")
            if kind in ("LoadBalancer", "NodePort"):
                yield Exposure(f"<{state.name}> is a Service of type {kind}", "the network, or all", Severity.STOP)
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
    """The networks that a condition of the load balancer lets in."""
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
    for way, peers, ports in (("to", "from", "ingress"), ("from", "to", "egress")):
        for rule in elements(spec.get(ports)):
            listed = elements(mapping(rule).get(peers))
            if not listed:
                yield Exposure(f"network {way} pods of <{state.name}>", "everything")
            for peer in listed:
                block = mapping(mapping(peer).get("ipBlock"))
                if isinstance(cidr := block.get("cidr"), str):
                    for who, _ in whom([cidr]):
                        yield Exposure(f"network {way} pods of <{state.name}>", who)
                elif pods := _pods(mapping(peer)):
                    yield Exposure(f"network {way} pods of <{state.name}>", pods)


def _pods(peer: Mapping[str, Any]) -> str:
    """Pods of other namespaces, or all of the same one; single ones of the same are the shop's own calls."""
    namespaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
    which = f"pods {json.dumps(pods, sort_keys=True)}" if pods else "every pod"
    if namespaces is None:
        return "" if pods else "every pod of the namespace"
    return f"{which} of {f'namespaces {json.dumps(namespaces, sort_keys=True)}' if namespaces else 'every namespace'}"


def selected_by_nothing(states: list[State]) -> Iterator[Exposure]:
    """Yield what a namespace with pods, but without any network policy, is open to."""
    pods = {_namespace(state) for state in states if state.type == "kubernetes:apps/v1:Deployment"}
    closed = {_namespace(state) for state in states if state.type == _POLICY}
    for namespace in sorted(pods - closed):
        yield Exposure(f"namespace {namespace} has no network policy", "every pod of the cluster", Severity.STOP)


def _namespace(state: State) -> str:
    return str(mapping(state.inputs.get("metadata")).get("namespace") or "default")
