"""Implements what `aws ec2` reads to find parts of networks and templates of nodes by their own values."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from emulator.aws.cli_answers import Command, filtered, members
from emulator.aws.tokens import (
    LAUNCH_TEMPLATE,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SECURITY_GROUP,
    VPC,
    VPC_CIDR,
)
from emulator.aws.types.security_groups import EGRESS_RULE, INGRESS_RULE
from emulator.store import Store, StoredObject

_DESTINATIONS = {
    "DestinationCidrBlock": "destinationCidrBlock", "DestinationPrefixListId": "destinationPrefixListId",
    "DestinationIpv6CidrBlock": "destinationIpv6CidrBlock", "GatewayId": "gatewayId", "NatGatewayId": "natGatewayId",
}  # fmt: skip
_RULE = {
    "GroupId": "securityGroupId", "IpProtocol": "ipProtocol", "CidrIpv4": "cidrIpv4", "CidrIpv6": "cidrIpv6",
    "PrefixListId": "prefixListId", "Description": "description",
}  # fmt: skip


def _describe_security_groups(store: Store, arguments: argparse.Namespace) -> str:
    found = filtered(store, SECURITY_GROUP, arguments, {"vpc-id": "vpcId", "group-name": "name"})
    listed = [{"GroupId": each.id, "GroupName": each.outputs["name"], "VpcId": each.outputs["vpcId"]} for each in found]
    return json.dumps({"SecurityGroups": listed})


def _describe_vpcs(store: Store, arguments: argparse.Namespace) -> str:
    listed = [
        {
            "VpcId": each.id, "CidrBlock": each.outputs["cidrBlock"],
            "CidrBlockAssociationSet": [
                {
                    "AssociationId": block.id, "CidrBlock": block.outputs["cidrBlock"],
                    "CidrBlockState": {"State": "associated"},
                }
                for block in store.find(VPC_CIDR, vpcId=each.id)
            ],
        }
        for each in filtered(store, VPC, arguments, {"vpc-id": ""})
    ]  # fmt: skip
    return json.dumps({"Vpcs": listed})


def _describe_launch_templates(store: Store, arguments: argparse.Namespace) -> str:
    found = filtered(store, LAUNCH_TEMPLATE, arguments, {"launch-template-name": "name"})
    listed = [{"LaunchTemplateId": each.id, "LaunchTemplateName": each.outputs["name"]} for each in found]
    return json.dumps({"LaunchTemplates": listed})


def _describe_security_group_rules(store: Store, arguments: argparse.Namespace) -> str:
    rules = [
        {
            "SecurityGroupRuleId": each.id, "IsEgress": type_ == EGRESS_RULE,
            "FromPort": each.outputs.get("fromPort", -1), "ToPort": each.outputs.get("toPort", -1),
            **members(each, _RULE), **_referenced(each),
        }
        for type_ in (INGRESS_RULE, EGRESS_RULE)
        for each in filtered(store, type_, arguments, {"group-id": "securityGroupId"})
    ]  # fmt: skip
    return json.dumps({"SecurityGroupRules": rules})


def _referenced(rule: StoredObject) -> dict[str, Any]:
    group = rule.outputs.get("referencedSecurityGroupId")
    return {"ReferencedGroupInfo": {"GroupId": group}} if group else {}


def _describe_route_tables(store: Store, arguments: argparse.Namespace) -> str:
    tables = [
        {
            "RouteTableId": each.id, "VpcId": each.outputs["vpcId"],
            "Routes": [members(route, _DESTINATIONS) for route in store.find(ROUTE, routeTableId=each.id)],
            "Associations": [
                members(made, {"RouteTableAssociationId": "", "RouteTableId": "routeTableId", "SubnetId": "subnetId"})
                for made in store.find(ROUTE_TABLE_ASSOCIATION, routeTableId=each.id)
            ],
        }
        for each in filtered(store, ROUTE_TABLE, arguments, {"route-table-id": ""})
    ]  # fmt: skip
    return json.dumps({"RouteTables": tables})


COMMANDS: Mapping[tuple[str, str], tuple[str, Command]] = {
    ("ec2", "describe-launch-templates"): ("ec2:DescribeLaunchTemplates", _describe_launch_templates),
    ("ec2", "describe-route-tables"): ("ec2:DescribeRouteTables", _describe_route_tables),
    ("ec2", "describe-security-group-rules"): ("ec2:DescribeSecurityGroupRules", _describe_security_group_rules),
    ("ec2", "describe-vpcs"): ("ec2:DescribeVpcs", _describe_vpcs),
    ("ec2", "describe-security-groups"): ("ec2:DescribeSecurityGroups", _describe_security_groups),
}
"""By command, the IAM action that it needs, and what does it."""
