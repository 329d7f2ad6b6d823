"""Asks AWS about a VPC that somebody else made. Nothing is asked for by name that may not be there."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

import pulumi_aws as aws

from components.config.found_network import FoundNetwork, FoundSubnet
from components.config.network import ExistingNetworkConfig, NetworkConfig

_EVERYWHERE = "0.0.0.0/0"
_TARGETS = (
    "gateway_id", "nat_gateway_id", "transit_gateway_id", "vpc_endpoint_id", "network_interface_id", "instance_id",
    "vpc_peering_connection_id", "local_gateway_id", "carrier_gateway_id", "core_network_arn", "odb_network_arn",
)  # fmt: skip
"""What a route may lead to, as the provider names it."""


def existing_network(network: NetworkConfig) -> FoundNetwork | None:
    """The existing network that a section names, as far as it is there; None if it names none, or names it wrongly."""
    asked: ExistingNetworkConfig | None = getattr(network, "existing", None)
    return _found(asked) if asked else None


def _found(asked: ExistingNetworkConfig) -> FoundNetwork:
    """The VPC and those of the subnets that are there, in whatever VPC."""
    wanted = [subnet_id for subnet_id, _ in asked.named()]
    by_id = aws.ec2.GetSubnetsFilterArgs(name="subnet-id", values=wanted)
    subnets = {each: _subnet(each) for each in sorted(aws.ec2.get_subnets(filters=[by_id]).ids)}
    vpcs = aws.ec2.GetVpcsFilterArgs(name="vpc-id", values=[asked.vpc_id])
    if not aws.ec2.get_vpcs(filters=[vpcs]).ids:
        return FoundNetwork(subnets=subnets)
    vpc = aws.ec2.get_vpc(id=asked.vpc_id)
    return FoundNetwork(
        cidrs=tuple(IPv4Network(each.cidr_block) for each in vpc.cidr_block_associations if each.state == "associated"),
        dns_support=vpc.enable_dns_support,
        dns_hostnames=vpc.enable_dns_hostnames,
        subnets=subnets,
        endpoints=tuple(_endpoint_networks(asked.vpc_id)),
    )


def _subnet(subnet_id: str) -> FoundSubnet:
    found = aws.ec2.get_subnet(id=subnet_id)
    return FoundSubnet(
        vpc_id=found.vpc_id,
        zone=found.availability_zone,
        cidr=IPv4Network(found.cidr_block) if found.cidr_block else None,
        free=found.available_ip_address_count,
        way_out=_way_out(subnet_id, found.vpc_id),
    )


def _way_out(subnet_id: str, vpc_id: str) -> str:
    """The id of what the default route of the subnet leads to; empty without such a route."""
    tables = _route_tables("association.subnet-id", subnet_id, vpc_id)
    # A subnet without a route table of its own has the VPC's main one.
    for table in tables or _route_tables("association.main", "true", vpc_id):
        for route in aws.ec2.get_route_table(route_table_id=table).routes:
            if route.cidr_block == _EVERYWHERE:
                return next((target for name in _TARGETS if (target := getattr(route, name))), "")
    return ""


def _route_tables(name: str, value: str, vpc_id: str) -> Sequence[str]:
    filters = [
        aws.ec2.GetRouteTablesFilterArgs(name=key, values=[each]) for key, each in ((name, value), ("vpc-id", vpc_id))
    ]
    return aws.ec2.get_route_tables(filters=filters).ids


def _endpoint_networks(vpc_id: str) -> Iterator[IPv4Network]:
    """The subnets that have network interfaces of interface endpoints, each asked for once."""
    left = set(_endpoint_interfaces("vpc-id", vpc_id))
    while left:
        subnet_id = aws.ec2.get_network_interface(id=min(left)).subnet_id
        cidr = aws.ec2.get_subnet(id=subnet_id).cidr_block
        if cidr:
            yield IPv4Network(cidr)
        left -= {min(left), *_endpoint_interfaces("subnet-id", subnet_id)}


def _endpoint_interfaces(name: str, value: str) -> Sequence[str]:
    filters = [
        aws.ec2.GetNetworkInterfacesFilterArgs(name=key, values=[each])
        for key, each in ((name, value), ("interface-type", "vpc_endpoint"))
    ]
    return aws.ec2.get_network_interfaces(filters=filters).ids
