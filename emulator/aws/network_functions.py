"""The provider's functions that look at VPCs, their subnets, routes and network interfaces."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.aws.iam import Finder
from emulator.aws.identity import Identity
from emulator.aws.tokens import (
    NETWORK_INTERFACE,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SECURITY_GROUP,
    SUBNET,
    VPC,
    VPC_CIDR,
)
from emulator.plugins.provider import Properties, ProviderError
from emulator.store import StoredObject

_KEPT_BY_AWS = 5
"""Addresses of every subnet that nobody gets (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html)."""
_INTERFACE_TYPES = {"VPC Endpoint Interface": "vpc_endpoint", "Interface for NAT Gateway": "nat_gateway"}
"""Types of network interfaces by how their descriptions begin; others are of type `interface`."""
_TARGETS = (
    "carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "instanceId", "localGatewayId",
    "natGatewayId", "networkInterfaceId", "odbNetworkArn", "transitGatewayId", "vpcEndpointId",
    "vpcPeeringConnectionId",
)  # fmt: skip
"""Properties of a route in a function's answer, besides its destination; empty where they do not apply."""


def _vpcs(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    known = {"vpc-id": lambda vpc: [vpc.id], "cidr": lambda vpc: [vpc.outputs.get("cidrBlock")]}
    return _listed("getVpcs", VPC, known, identity, arguments, account)


def _vpc(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    found = _one(VPC, arguments, "EC2 VPC", account)
    outputs = found.outputs
    blocks = [(found.id, outputs["cidrBlock"])]
    blocks += [(each.id, each.outputs["cidrBlock"]) for each in _of_vpc(account, VPC_CIDR, found.id)]
    same = ("arn", "cidrBlock", "dhcpOptionsId", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy",
            "enableNetworkAddressUsageMetrics", "mainRouteTableId", "ownerId")  # fmt: skip
    return {
        "id": found.id, "region": identity.region, "state": "available", "default": False,
        "tags": outputs.get("tagsAll", {}),
        "cidrBlockAssociations": [
            {"associationId": f"vpc-cidr-assoc-{id_.rpartition('-')[2]}", "cidrBlock": cidr, "state": "associated"}
            for id_, cidr in blocks
        ],
        **{key: outputs[key] for key in same if key in outputs},
    }  # fmt: skip


def _subnets(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    known = {
        "subnet-id": lambda subnet: [subnet.id],
        "vpc-id": lambda subnet: [subnet.outputs.get("vpcId")],
        "availability-zone": lambda subnet: [subnet.outputs.get("availabilityZone")],
    }
    return _listed("getSubnets", SUBNET, known, identity, arguments, account)


def _subnet(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    """Returns the subnet. Of its addresses, AWS's network interfaces take one each; nodes and pods take none here."""
    found = _one(SUBNET, arguments, "EC2 Subnet", account)
    outputs = found.outputs
    used = account.find(NETWORK_INTERFACE, subnetId=found.id) if account else []
    size = ipaddress.IPv4Network(outputs["cidrBlock"]).num_addresses
    same = ("arn", "availabilityZone", "cidrBlock", "mapPublicIpOnLaunch", "ownerId", "vpcId",
            "assignIpv6AddressOnCreation", "ipv6Native")  # fmt: skip
    return {
        "id": found.id, "region": identity.region, "state": "available", "tags": outputs.get("tagsAll", {}),
        "availableIpAddressCount": size - _KEPT_BY_AWS - len(used),
        **{key: outputs[key] for key in same if key in outputs},
    }  # fmt: skip


def _route_tables(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    associated = account.find(ROUTE_TABLE_ASSOCIATION) if account else []

    def subnets(table: StoredObject) -> Sequence[object]:
        return [each.outputs.get("subnetId") for each in associated if each.outputs.get("routeTableId") == table.id]

    def is_main(table: StoredObject) -> Sequence[object]:
        vpcs = account.find(VPC, mainRouteTableId=table.id) if account else []
        return ["true"] if vpcs else []

    known = {
        "vpc-id": lambda table: [table.outputs.get("vpcId")],
        "association.subnet-id": subnets,
        "association.main": is_main,
    }
    return _listed("getRouteTables", ROUTE_TABLE, known, identity, arguments, account)


def _route_table(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    found = _one(ROUTE_TABLE, {"id": arguments.get("routeTableId")}, "EC2 Route Table", account)
    routes = [each.outputs for each in (account.find(ROUTE, routeTableId=found.id) if account else [])]
    answers = [{**_empty(), **_known(each), "cidrBlock": each.get("destinationCidrBlock", "")} for each in routes]
    answers += [{**_empty(), **_known(each), "cidrBlock": each.get("cidrBlock", "")} for each in _inline(found)]
    return {
        "id": found.id, "routeTableId": found.id, "region": identity.region, "vpcId": found.outputs["vpcId"],
        "tags": found.outputs.get("tagsAll", {}), "routes": answers, "associations": [],
        "arn": found.outputs.get("arn", ""), "ownerId": identity.account,
    }  # fmt: skip


def _network_interfaces(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    subnets = {each.id: each.outputs.get("vpcId") for each in (account.find(SUBNET) if account else [])}
    known = {
        "vpc-id": lambda interface: [subnets.get(str(interface.outputs.get("subnetId")))],
        "subnet-id": lambda interface: [interface.outputs.get("subnetId")],
        "interface-type": lambda interface: [_interface_type(interface)],
        "group-id": lambda interface: interface.outputs.get("securityGroups", []),
    }
    return _listed("getNetworkInterfaces", NETWORK_INTERFACE, known, identity, arguments, account)


def _security_groups(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    known = {"vpc-id": lambda group: [group.outputs.get("vpcId")]}
    return _listed("getSecurityGroups", SECURITY_GROUP, known, identity, arguments, account)


def _network_interface(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    found = _one(NETWORK_INTERFACE, arguments, "EC2 Network Interface", account)
    subnet = account.find(SUBNET) if account else []
    vpc = next((each.outputs["vpcId"] for each in subnet if each.id == found.outputs["subnetId"]), "")
    return {
        "id": found.id, "region": identity.region, "subnetId": found.outputs["subnetId"], "vpcId": vpc,
        "securityGroups": found.outputs.get("securityGroups", []), "interfaceType": _interface_type(found),
        "description": found.outputs.get("description", ""), "tags": {},
    }  # fmt: skip


def _interface_type(interface: StoredObject) -> str:
    description = str(interface.outputs.get("description", ""))
    return next((kind for start, kind in _INTERFACE_TYPES.items() if description.startswith(start)), "interface")


def _empty() -> Properties:
    return dict.fromkeys(_TARGETS, "") | {"destinationPrefixListId": "", "ipv6CidrBlock": ""}


def _known(route: Mapping[str, Any]) -> Properties:
    return {key: route[key] for key in _TARGETS if route.get(key)}


def _inline(table: StoredObject) -> Sequence[Mapping[str, Any]]:
    return table.outputs.get("routes") or []


def _of_vpc(account: Finder | None, type_: str, vpc_id: str) -> list[StoredObject]:
    return account.find(type_, vpcId=vpc_id) if account else []


def _one(type_: str, arguments: Properties, what: str, account: Finder | None) -> StoredObject:
    if set(arguments) - {"region"} != {"id"}:
        raise ProviderError(f"The emulator reads an {what} by id only")
    found = [each for each in (account.find(type_) if account else []) if each.id == arguments["id"]]
    if not found:
        raise ProviderError(f"no matching {what} found")
    return found[0]


def _listed(
    function: str,
    type_: str,
    known: Mapping[str, Callable[[StoredObject], Sequence[object]]],
    identity: Identity,
    arguments: Properties,
    account: Finder | None,
) -> Properties:
    """The ids of those objects that have one of the values of each filter; a filter is one of `known`, or of a tag."""
    filters = {str(each["name"]): each["values"] for each in arguments.get("filters", [])}
    if not set(arguments) <= {"filters", "region"} or any(
        name not in known and not name.startswith("tag:") for name in filters
    ):
        raise ProviderError(f"The emulator's {function} knows the filters {', '.join(known)} and tag:<key> only")

    def values(each: StoredObject, name: str) -> Sequence[object]:
        return known[name](each) if name in known else [(each.outputs.get("tagsAll") or {}).get(name[len("tag:") :])]

    found = [
        each.id
        for each in (account.find(type_) if account else [])
        if all(set(values(each, name)) & set(wanted) for name, wanted in filters.items())
    ]
    return {"id": identity.region, "region": identity.region, "ids": sorted(found)}


FUNCTIONS: dict[str, Callable[[Identity, Properties, Finder | None], Properties]] = {
    "aws:ec2/getNetworkInterface:getNetworkInterface": _network_interface,
    "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": _network_interfaces,
    "aws:ec2/getRouteTable:getRouteTable": _route_table,
    "aws:ec2/getRouteTables:getRouteTables": _route_tables,
    "aws:ec2/getSecurityGroups:getSecurityGroups": _security_groups,
    "aws:ec2/getSubnet:getSubnet": _subnet,
    "aws:ec2/getSubnets:getSubnets": _subnets,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:ec2/getVpcs:getVpcs": _vpcs,
}
"""By token. Without an account, there is nothing to be found."""
