"""Finds parts of networks by their own values, as most of them have no tags."""

from collections.abc import Mapping
from typing import Any

from ops.objects import parts, value
from ops.operate.account import Account, Find, Ids
from ops.operate.pending import Operation


def _route_table(account: Account, creation: Operation) -> Mapping[str, Any]:
    filters = f"Name=route-table-id,Values={creation.inputs['routeTableId']}"
    tables = parts(account.ask("ec2", "describe-route-tables", "--filters", filters), "RouteTables")
    return tables[0] if tables else {}


_DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock", "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}  # fmt: skip


def _route(account: Account, creation: Operation) -> Ids:
    inputs = creation.inputs
    routes = parts(_route_table(account, creation), "Routes")
    return [
        f"{inputs['routeTableId']}_{inputs[name]}"
        for name, member in _DESTINATIONS.items()
        if inputs.get(name) and any(each.get(member) == inputs[name] for each in routes)
    ]


def _route_table_association(account: Account, creation: Operation) -> Ids:
    subnet, table = creation.inputs.get("subnetId"), creation.inputs["routeTableId"]
    associations = parts(_route_table(account, creation), "Associations")
    return [f"{subnet}/{table}" for each in associations if subnet and each.get("SubnetId") == subnet]


_RULE = {
    "ipProtocol": ("IpProtocol",), "cidrIpv4": ("CidrIpv4",), "cidrIpv6": ("CidrIpv6",),
    "prefixListId": ("PrefixListId",), "referencedSecurityGroupId": ("ReferencedGroupInfo", "GroupId"),
}  # fmt: skip


def _rule(egress: bool) -> Find:
    def find(account: Account, creation: Operation) -> Ids:
        inputs = creation.inputs
        filters = f"Name=group-id,Values={inputs['securityGroupId']}"
        answer = account.ask("ec2", "describe-security-group-rules", "--filters", filters)
        ports = (inputs.get("fromPort", -1), inputs.get("toPort", -1))
        return [
            str(each["SecurityGroupRuleId"])
            for each in parts(answer, "SecurityGroupRules")
            if each.get("IsEgress") is egress
            and (each.get("FromPort", -1), each.get("ToPort", -1)) == ports
            and all(value(each, *member) == inputs.get(name) for name, member in _RULE.items())
        ]

    return find


def _vpc_block(account: Account, creation: Operation) -> Ids:
    filters = f"Name=vpc-id,Values={creation.inputs['vpcId']}"
    vpcs = parts(account.ask("ec2", "describe-vpcs", "--filters", filters), "Vpcs")
    blocks = parts(vpcs[0], "CidrBlockAssociationSet") if vpcs else []
    block = creation.inputs.get("cidrBlock")
    return [str(each["AssociationId"]) for each in blocks if each.get("CidrBlock") == block and _is_there(each)]


def _is_there(block: Mapping[str, Any]) -> bool:
    return value(block, "CidrBlockState", "State") in ("associating", "associated")


FINDERS: Mapping[str, Find] = {
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": _vpc_block,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule(egress=False),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule(egress=True),
    "aws:ec2/route:Route": _route,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _route_table_association,
}
"""By type, how it is found."""
