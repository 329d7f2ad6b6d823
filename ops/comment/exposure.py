"""What can be reached from outside, before and after."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Any, cast

from ops.comment.finding import Severity
from ops.comment.names import Names
from ops.comment.permissions import grants
from ops.comment.values import elements, mapping
from ops.preview import UNKNOWN, State

_WEB = {80, 443}
"""Ports that the load balancer has for everybody."""
_BUCKET = "aws:s3/bucket:Bucket"
_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_GROUP = "aws:ec2/securityGroup:SecurityGroup"
_VPC = "aws:ec2/vpc:Vpc"
_SUBNET = "aws:ec2/subnet:Subnet"
_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_NAMED = "anybody whom a policy or ACL names"
_ALB = "alb.ingress.kubernetes.io/"


@dataclass(frozen=True, order=True)
class Exposure:
    """One way in: what, and to whom it is open."""

    what: str
    open_to: str
    severity: Severity = field(default=Severity.LOOK, compare=False)


def difference(
    before: Iterable[State], after: Iterable[State], names: Names
) -> tuple[tuple[Exposure, ...], tuple[Exposure, ...]]:
    """The ways in that are gained, and those that are lost."""
    # Sets would keep the severity of either side; it is the same on both, as it follows from the rest.
    old, new = (set(_all(list(states), names)) for states in (before, after))
    return tuple(sorted(new - old)), tuple(sorted(old - new))


def widest_first(ways: Iterable[Exposure]) -> list[Exposure]:
    """What is open comes before what could be opened."""
    return sorted(ways, key=lambda way: (-way.severity, way.open_to == _NAMED, way))


def _all(states: list[State], names: Names) -> Iterator[Exposure]:
    networks = {
        str(state.inputs.get("cidrBlock")): f"<{state.name}>" for state in states if state.type in (_VPC, _SUBNET)
    }
    blocked = {names.of(state, "bucket", _BUCKET) for state in states if state.type == _BLOCK}
    for state in states:
        for way in _of(state, names):
            # The stack's own networks are the same to a reader when their addresses change.
            yield replace(way, open_to=networks.get(way.open_to, way.open_to))
        if state.type == _BUCKET and not {f"<{state.name}>", state.id} & blocked:
            yield Exposure(f"<{state.name}> has no public access block", _NAMED, Severity.STOP)
    yield from _selected_by_nothing(states)


def _of(state: State, names: Names) -> Iterator[Exposure]:
    inputs = state.inputs
    match state.type:
        case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
            yield from _rule(inputs, names.of(state, "securityGroupId", _GROUP))
        case "aws:ec2/securityGroupRule:SecurityGroupRule" if inputs.get("type") == "ingress":
            yield from _rule(inputs, names.of(state, "securityGroupId", _GROUP))
        case "aws:ec2/securityGroup:SecurityGroup":
            for rule in cast(list[Mapping[str, Any]], inputs.get("ingress") or []):
                yield from _rule(rule, f"<{state.name}>")
        case "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":
            for setting in _BLOCKS:
                if inputs.get(setting) is not True:
                    what = f"{names.of(state, 'bucket', _BUCKET)} without {setting}"
                    yield Exposure(what, _NAMED, Severity.STOP)
        case "aws:rds/instance:Instance" | "aws:rds/clusterInstance:ClusterInstance":
            if inputs.get("publiclyAccessible") is True:
                yield Exposure(f"<{state.name}> has a public address", "the internet", Severity.STOP)
        case "aws:eks/cluster:Cluster":
            yield from _kubernetes_api(inputs)
        case "aws:cloudfront/distribution:Distribution":
            yield from _distribution(state)
        case "kubernetes:networking.k8s.io/v1:Ingress":
            yield from _ingress(state)
        case "kubernetes:networking.k8s.io/v1:NetworkPolicy":
            yield from _network_policy(state)
        case "kubernetes:core/v1:Service":
            kind = mapping(inputs.get("spec")).get("type")
            if kind in ("LoadBalancer", "NodePort"):
                yield Exposure(f"<{state.name}> is a Service of type {kind}", "the network, or all", Severity.STOP)
        case _:
            pass
    for grant in grants(state, names):
        # Who may assume a role, or use a key, is a permission; what everybody may do is more.
        if grant.who == "*" and not grant.denied:
            severity = Severity.LOOK if grant.condition else Severity.STOP
            limit = f"everybody, if {grant.condition}" if grant.condition else "everybody"
            yield Exposure(f"{grant.action} on {grant.resource}", limit, severity)


def _rule(rule: Mapping[str, Any], group: str) -> Iterator[Exposure]:
    first, last = rule.get("fromPort"), rule.get("toPort")
    everything = rule.get("ipProtocol", rule.get("protocol")) in ("-1", -1)
    some = f"port {first}" if first == last else f"ports {first}-{last}"
    ports = "all ports" if everything or first is None else some
    lists = [*elements(rule.get("cidrBlocks")), *elements(rule.get("ipv6CidrBlocks"))]
    for cidr in (rule.get("cidrIpv4"), rule.get("cidrIpv6"), *lists):
        if isinstance(cidr, str):
            web = not everything and first == last and first in _WEB
            severity = Severity.LOOK if web or not _is_internet(cidr) else Severity.STOP
            yield Exposure(f"{ports} of {group}", _who(cidr), severity)


def _kubernetes_api(inputs: Mapping[str, Any]) -> Iterator[Exposure]:
    settings = mapping(inputs.get("vpcConfig"))
    if settings.get("endpointPublicAccess") is False:
        return
    for cidr in settings.get("publicAccessCidrs") or ["0.0.0.0/0"]:
        severity = Severity.STOP if _is_internet(str(cidr)) else Severity.LOOK
        yield Exposure("the Kubernetes API", _who(str(cidr)), severity)


def _distribution(state: State) -> Iterator[Exposure]:
    if not state.inputs.get("webAclId"):
        yield Exposure(f"<{state.name}> has no firewall", "the internet")
    behaviours = [state.inputs.get("defaultCacheBehavior"), *elements(state.inputs.get("orderedCacheBehaviors"))]
    if any(mapping(each).get("viewerProtocolPolicy") == "allow-all" for each in behaviours):
        yield Exposure(f"<{state.name}> answers plain HTTP", "the internet", Severity.STOP)


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
                if isinstance(block.get("cidr"), str):
                    yield Exposure(f"network {way} pods of <{state.name}>", _who(str(block["cidr"])))
                elif pods := _pods(mapping(peer)):
                    yield Exposure(f"network {way} pods of <{state.name}>", pods)


def _pods(peer: Mapping[str, Any]) -> str:
    """Pods of other namespaces, or all of the same one; single ones of the same are the shop's own calls."""
    namespaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
    which = f"pods {json.dumps(pods, sort_keys=True)}" if pods else "every pod"
    if namespaces is None:
        return "" if pods else "every pod of the namespace"
    return f"{which} of {f'namespaces {json.dumps(namespaces, sort_keys=True)}' if namespaces else 'every namespace'}"


def _selected_by_nothing(states: list[State]) -> Iterator[Exposure]:
    """Yield what a namespace with pods, but without any network policy, is open to."""
    pods = {_namespace(state) for state in states if state.type == "kubernetes:apps/v1:Deployment"}
    closed = {_namespace(state) for state in states if state.type == _POLICY}
    for namespace in sorted(pods - closed):
        yield Exposure(f"namespace {namespace} has no network policy", "every pod of the cluster", Severity.STOP)


def _namespace(state: State) -> str:
    return str(mapping(state.inputs.get("metadata")).get("namespace") or "default")


def _who(cidr: str) -> str:
    if cidr == UNKNOWN:
        return "addresses known after the update"
    return f"the internet ({cidr})" if _is_internet(cidr) else cidr


def _is_internet(cidr: str) -> bool:
    try:
        return ip_network(cidr, strict=False).prefixlen <= 1
    except ValueError:
        return False
