"""Builds a small VPC in a test's account."""

import json
from dataclasses import dataclass
from typing import Any

from aws_account import Account

from emulator.aws import tokens


@dataclass(frozen=True)
class Network:
    vpc: str
    internet_gateway: str
    public: list[str]
    private: list[str]
    nat: str
    private_table: str
    private_route: str


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(*actions: str, effect: str = "Allow", resource: Any = "*") -> str:
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def build(account: Account) -> Network:
    vpc = account.create(tokens.VPC, cidrBlock="10.10.0.0/16", enableDnsHostnames=True)["id"]
    gateway = account.create(tokens.INTERNET_GATEWAY, vpcId=vpc)["id"]
    public_table = account.create(tokens.ROUTE_TABLE, vpcId=vpc)["id"]
    account.create(tokens.ROUTE, routeTableId=public_table, destinationCidrBlock="0.0.0.0/0", gatewayId=gateway)
    private_table = account.create(tokens.ROUTE_TABLE, vpcId=vpc)["id"]
    subnets: dict[str, list[str]] = {"public": [], "private": []}
    for number, zone in enumerate("ab"):
        for kind, offset, table in (("public", 0, public_table), ("private", 100, private_table)):
            subnet = account.create(
                tokens.SUBNET,
                vpcId=vpc,
                cidrBlock=f"10.10.{offset + number}.0/24",
                availabilityZone=f"ap-northeast-2{zone}",
            )["id"]
            account.create(tokens.ROUTE_TABLE_ASSOCIATION, subnetId=subnet, routeTableId=table)
            subnets[kind].append(subnet)
    address = account.create(tokens.EIP, domain="vpc")["id"]
    nat = account.create(tokens.NAT_GATEWAY, subnetId=subnets["public"][0], allocationId=address)["id"]
    route = account.create(tokens.ROUTE, routeTableId=private_table, destinationCidrBlock="0.0.0.0/0", natGatewayId=nat)
    return Network(vpc, gateway, subnets["public"], subnets["private"], nat, private_table, route["id"])


def cluster(account: Account, network: Network, **inputs: Any) -> str:
    role = account.create(tokens.ROLE, "cluster", assumeRolePolicy=trust("eks.amazonaws.com"))
    vpc_config = {"subnetIds": [*network.public, *network.private]}
    made = account.create(
        tokens.CLUSTER, name="dev-eks", roleArn=role["arn"], vpcConfig=vpc_config, version="1.36", **inputs
    )
    return str(made["id"])


def node_role(account: Account, *policies: str) -> str:
    role = account.create(tokens.ROLE, "node", assumeRolePolicy=trust("ec2.amazonaws.com"))
    for name in policies:
        account.create(tokens.ROLE_POLICY_ATTACHMENT, role=role["name"], policyArn=f"arn:aws:iam::aws:policy/{name}")
    return str(role["arn"])


NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly")


def node_group(account: Account, network: Network, role: str, **changes: Any) -> str:
    inputs: dict[str, Any] = {
        "clusterName": "dev-eks", "nodeRoleArn": role, "subnetIds": network.private, "instanceTypes": ["t4g.large"],
        "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 4},
    }  # fmt: skip
    return str(account.create(tokens.NODE_GROUP, "workers", **{**inputs, **changes})["id"])
