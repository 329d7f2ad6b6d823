"""Compares what is reachable from outside before and after a change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from analysis.preview import State
from ops.comment import cluster_exposure
from ops.comment.exposure_model import NAMED, Exposure, contains, describe_networks, severity_of
from ops.comment.finding import Severity
from ops.comment.names import Names
from ops.comment.permissions import grants
from ops.comment.properties import elements, mapping

_WEB = {80, 443}
"""Ports of the load balancer, which are open to everybody."""
_BUCKET = "aws:s3/bucket:Bucket"
_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_GROUP = "aws:ec2/securityGroup:SecurityGroup"
_VPC = "aws:ec2/vpc:Vpc"
_SUBNET = "aws:ec2/subnet:Subnet"


def difference(
    before: Iterable[State], after: Iterable[State], names: Names, production: bool = False
) -> tuple[tuple[Exposure, ...], tuple[Exposure, ...]]:
    """Return the exposures that are opened, and those that are closed.

    A network that takes the place of one that contains it, or that it contains, is one change: the opened exposure says
    what it is instead of, and the other is not closed.
    """
    # The severity is not compared: it follows from the other fields.
    old, new = (set(_all(list(states), names, production)) for states in (before, after))
    closed = sorted(old - new)
    opened = [_compared(each, closed) for each in sorted(new - old)]
    replaced = {(each.what, network) for each in opened for network in each.instead_of}
    return tuple(opened), tuple(each for each in closed if (each.what, each.open_to) not in replaced)


def _compared(opened: Exposure, closed: Iterable[Exposure]) -> Exposure:
    """Return the exposure with the networks that it widens or narrows. One that is narrowed needs no plan."""
    same = [each.open_to for each in closed if each.what == opened.what]
    if smaller := tuple(each for each in same if contains(opened.open_to, each)):
        return replace(opened, instead_of=smaller)
    if larger := tuple(each for each in same if contains(each, opened.open_to)):
        return replace(opened, instead_of=larger, severity=min(opened.severity, Severity.LOOK))
    return opened


def _all(states: list[State], names: Names, production: bool) -> Iterator[Exposure]:
    networks = {
        str(state.inputs.get("cidrBlock")): f"<{state.name}>" for state in states if state.type in (_VPC, _SUBNET)
    }
    blocked = {names.of(state, "bucket", _BUCKET) for state in states if state.type == _BLOCK}
    for state in states:
        for exposure in _of(state, names, production):
            # The stack's own networks are named, so that a change of their addresses is no change of exposure.
            yield replace(exposure, open_to=networks.get(exposure.open_to, exposure.open_to))
        if state.type == _BUCKET and not {f"<{state.name}>", state.id} & blocked:
            yield Exposure(f"<{state.name}> has no public access block", NAMED, Severity.STOP)
    yield from cluster_exposure.without_network_policy(states)


def _of(state: State, names: Names, production: bool) -> Iterator[Exposure]:
    inputs = state.inputs
    match state.type:
        case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
            yield from _rule(inputs, names.of(state, "securityGroupId", _GROUP), production)
        case "aws:ec2/securityGroupRule:SecurityGroupRule" if inputs.get("type") == "ingress":
            yield from _rule(inputs, names.of(state, "securityGroupId", _GROUP), production)
        case "aws:ec2/securityGroup:SecurityGroup":
            for rule in cast(list[Mapping[str, Any]], inputs.get("ingress") or []):
                yield from _rule(rule, f"<{state.name}>", production)
        case "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":
            for setting in _BLOCKS:
                if inputs.get(setting) is not True:
                    what = f"{names.of(state, 'bucket', _BUCKET)} without {setting}"
                    yield Exposure(what, NAMED, Severity.STOP)
        case "aws:rds/instance:Instance" | "aws:rds/clusterInstance:ClusterInstance":
            if inputs.get("publiclyAccessible") is True:
                yield Exposure(f"<{state.name}> has a public address", "the internet", Severity.STOP)
        case "aws:eks/cluster:Cluster":
            yield from _kubernetes_api(inputs, production)
        case "aws:cloudfront/distribution:Distribution":
            yield from _distribution(state)
        case _:
            yield from cluster_exposure.of(state)
    for grant in grants(state, names):
        # Who may assume a role, or use a key, is a permission; what everybody may do is more.
        if grant.who == "*" and not grant.denied:
            severity = Severity.LOOK if grant.condition else Severity.STOP
            limit = f"everybody, if {grant.condition}" if grant.condition else "everybody"
            yield Exposure(f"{grant.action} on {grant.resource}", limit, severity)


def _rule(rule: Mapping[str, Any], group: str, production: bool) -> Iterator[Exposure]:
    first, last = rule.get("fromPort"), rule.get("toPort")
    everything = rule.get("ipProtocol", rule.get("protocol")) in ("-1", -1)
    some = f"port {first}" if first == last else f"ports {first}-{last}"
    ports = "all ports" if everything or first is None else some
    lists = [*elements(rule.get("cidrBlocks")), *elements(rule.get("ipv6CidrBlocks"))]
    web = not everything and first == last and first in _WEB
    ranges = [each for each in (rule.get("cidrIpv4"), rule.get("cidrIpv6"), *lists) if isinstance(each, str)]
    for network, internet in describe_networks(ranges):
        severity = Severity.LOOK if web else severity_of(network, internet, production)
        yield Exposure(f"{ports} of {group}", network, severity)


def _kubernetes_api(inputs: Mapping[str, Any], production: bool) -> Iterator[Exposure]:
    settings = mapping(inputs.get("vpcConfig"))
    if settings.get("endpointPublicAccess") is False:
        return
    ranges = settings.get("publicAccessCidrs") or ["0.0.0.0/0"]
    for network, internet in describe_networks(map(str, elements(ranges) or [ranges])):
        yield Exposure("the Kubernetes API", network, severity_of(network, internet, production))


def _distribution(state: State) -> Iterator[Exposure]:
    if not state.inputs.get("webAclId"):
        yield Exposure(f"<{state.name}> has no firewall", "the internet")
    behaviours = [state.inputs.get("defaultCacheBehavior"), *elements(state.inputs.get("orderedCacheBehaviors"))]
    if any(mapping(each).get("viewerProtocolPolicy") == "allow-all" for each in behaviours):
        yield Exposure(f"<{state.name}> serves plain HTTP", "the internet", Severity.STOP)
