"""Finds the exposures of Kubernetes objects: Ingresses, Services and network policies."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.preview import State
from ops.comment.exposure_model import Exposure, describe_networks
from ops.comment.finding import Severity
from ops.comment.properties import elements, mapping
from ops.ingress_rules import ALB, ingress_rules, usual

_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


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
    if annotations.get(f"{ALB}scheme") != "internet-facing":
        return
    firewall = annotations.get(f"{ALB}wafv2-acl-arn")
    if firewall in (None, "none", ""):
        yield Exposure(f"<{state.name}> has no firewall", "the internet", Severity.STOP)
    limits = str(annotations.get(f"{ALB}inbound-cidrs") or "the internet")
    # Maintenance takes away only, and for a while: what is open is what is open without it.
    for rule in usual(ingress_rules(state.inputs)):
        if rule.action == "forward":
            yield Exposure(f"{rule.host or 'every host'}{rule.path}", rule.networks or limits)
        elif rule.action == "redirect":
            yield Exposure(
                f"{rule.host or 'every host'}{rule.path}, which leads to {rule.target}", rule.networks or limits
            )


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
