"""Follows the routes of a subnet."""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from emulator.aws.tokens import (
    ENDPOINT,
    INGRESS_RULE,
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SUBNET,
    VPC,
)  # fmt: skip
from emulator.store import Store, StoredObject

_HTTPS = 443
_EVERYWHERE = "0.0.0.0/0"
_NODE_SERVICES = ("ec2", "ecr.api", "ecr.dkr", "eks", "s3", "sts")
"""Services for which nodes without a route out need endpoints (EKS user guide, private clusters)."""


def has_route_out(store: Store, subnet_id: str) -> bool:
    """Return whether the subnet reaches the internet: through an internet gateway, or a NAT gateway that does."""
    subnet = store.get(SUBNET, subnet_id)
    if subnet is None:
        return False
    return any(_leads_out(store, subnet, target) for target in _default_targets(store, subnet))


def missing_endpoints(store: Store, subnet_id: str) -> list[str]:
    """The services that nodes need and that the subnet's VPC has no endpoint for."""
    subnet = store.get(SUBNET, subnet_id)
    endpoints = store.find(ENDPOINT, vpcId=subnet.outputs["vpcId"]) if subnet else []
    names = {endpoint.outputs["serviceName"] for endpoint in endpoints}
    return [service for service in _NODE_SERVICES if not any(name.endswith(f".{service}") for name in names)]


def closed_endpoints(store: Store, subnet_id: str) -> list[str]:
    """The services whose names lead to an interface endpoint that does not let the subnet in: nobody reaches them."""
    subnet = store.get(SUBNET, subnet_id)
    if subnet is None:
        return []
    closed = [
        endpoint
        for endpoint in store.find(ENDPOINT, vpcId=subnet.outputs["vpcId"], privateDnsEnabled=True)
        if not any(_admits(store, group, subnet) for group in endpoint.outputs.get("securityGroupIds", []))
    ]
    return sorted(str(endpoint.outputs["serviceName"]) for endpoint in closed)


def may_reach(rules: Iterable[Any], source: str, port: int) -> bool:
    """Return whether one of the ingress rules, as properties, admits TCP from the security group `source`."""
    for rule in rules:
        protocol = str(rule.get("ipProtocol"))
        inside = protocol == "-1" or (
            protocol in ("tcp", "6") and rule.get("fromPort", 0) <= port <= rule.get("toPort", rule.get("fromPort", 0))
        )
        if inside and rule.get("referencedSecurityGroupId") == source:
            return True
    return False


def _admits(store: Store, group: str, subnet: StoredObject) -> bool:
    network = ipaddress.ip_network(subnet.outputs["cidrBlock"])
    for rule in store.find(INGRESS_RULE, securityGroupId=group):
        cidr, first, last = (rule.outputs.get(key) for key in ("cidrIpv4", "fromPort", "toPort"))
        everything = rule.outputs.get("ipProtocol") == "-1"
        if cidr and (everything or (first or 0) <= _HTTPS <= (last or 0)):
            admitted = ipaddress.ip_network(cidr)
            if isinstance(admitted, type(network)) and network.subnet_of(admitted):  # pyright: ignore[reportArgumentType]
                return True
    return False


def _leads_out(store: Store, subnet: StoredObject, target: str) -> bool:
    gateway = store.get(INTERNET_GATEWAY, target)
    if gateway is not None:
        return gateway.outputs.get("vpcId") == subnet.outputs["vpcId"]
    nat = store.get(NAT_GATEWAY, target)
    if nat is None or nat.outputs["connectivityType"] != "public":
        return False
    public = store.get(SUBNET, nat.outputs["subnetId"])
    return public is not None and any(store.get(INTERNET_GATEWAY, each) for each in _default_targets(store, public))


def _default_targets(store: Store, subnet: StoredObject) -> Iterator[str]:
    table_id = _route_table(store, subnet)
    for route in store.find(ROUTE, routeTableId=table_id):
        if route.outputs.get("destinationCidrBlock") == _EVERYWHERE:
            yield _target(route.outputs)
    table = store.get(ROUTE_TABLE, table_id)
    for inline in table.outputs.get("routes", []) if table else []:
        if inline.get("cidrBlock") == _EVERYWHERE:
            yield _target(inline)


def _target(route: Any) -> str:
    return str(route.get("natGatewayId") or route.get("gatewayId") or "")


def _route_table(store: Store, subnet: StoredObject) -> str:
    """The associated one, else the VPC's main one."""
    for association in store.find(ROUTE_TABLE_ASSOCIATION, subnetId=subnet.id):
        return str(association.outputs["routeTableId"])
    vpc = store.get(VPC, subnet.outputs["vpcId"])
    return str(vpc.outputs["mainRouteTableId"]) if vpc else ""
