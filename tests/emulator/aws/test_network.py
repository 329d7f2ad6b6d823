"""References, delete rules and routes of a VPC."""

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import load_balancers, tokens
from emulator.aws.routing import closed_endpoints, has_route_out, missing_endpoints
from emulator.plugins.provider import ProviderError


def test_a_reference_must_exist(account: Account) -> None:
    with pytest.raises(ProviderError, match="vpcId is 'vpc-0'"):
        account.create(tokens.SUBNET, vpcId="vpc-0", cidrBlock="10.0.0.0/24")


def test_subnets_neither_overlap_nor_leave_the_vpc(account: Account) -> None:
    vpc = account.create(tokens.VPC, cidrBlock="10.10.0.0/16")["id"]
    account.create(tokens.SUBNET, vpcId=vpc, cidrBlock="10.10.0.0/24")
    with pytest.raises(ProviderError, match="conflicts with"):
        account.create(tokens.SUBNET, vpcId=vpc, cidrBlock="10.10.0.128/25")
    with pytest.raises(ProviderError, match="not inside VPC"):
        account.create(tokens.SUBNET, vpcId=vpc, cidrBlock="10.11.0.0/24")


def test_nothing_in_use_can_be_deleted(account: Account) -> None:
    network = networks.build(account)
    for type_, id_ in (
        (tokens.VPC, network.vpc),
        (tokens.SUBNET, network.public[0]),  # the NAT gateway's interface
        (tokens.INTERNET_GATEWAY, network.internet_gateway),
        (tokens.ROUTE_TABLE, network.private_table),
    ):
        with pytest.raises(ProviderError, match="DependencyViolation"):
            account.delete(type_, id_)


def test_the_vpcs_own_group_and_table_go_with_it(account: Account) -> None:
    vpc = account.create(tokens.VPC, cidrBlock="10.10.0.0/16")["id"]
    assert len(account.store.find(vpcId=vpc)) == 2
    account.delete(tokens.VPC, vpc)
    assert account.store.find() == []


def test_a_security_group_is_held_by_rules_of_others_and_by_interfaces(account: Account) -> None:
    network = networks.build(account)
    balancer = account.create(tokens.SECURITY_GROUP, "alb", vpcId=network.vpc)["id"]
    pods = account.create(tokens.SECURITY_GROUP, "pods", vpcId=network.vpc)["id"]
    rule = account.create(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        securityGroupId=pods, referencedSecurityGroupId=balancer, ipProtocol="tcp", fromPort=3000, toPort=3000,
    )  # fmt: skip
    with pytest.raises(ProviderError, match=rule["id"]):
        account.delete(tokens.SECURITY_GROUP, balancer)
    account.delete("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule["id"])
    load_balancers.create(account.store, "shop", "internet-facing", network.public, [balancer], {})
    with pytest.raises(ProviderError, match="shop"):
        account.delete(tokens.SECURITY_GROUP, balancer)
    load_balancers.delete(account.store, "shop")
    account.delete(tokens.SECURITY_GROUP, balancer)


def test_the_same_rule_twice_is_a_duplicate(account: Account) -> None:
    network = networks.build(account)
    group = account.create(tokens.SECURITY_GROUP, "web", vpcId=network.vpc)["id"]
    rule = {"securityGroupId": group, "cidrIpv4": "10.0.0.0/8", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    account.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", **rule)
    with pytest.raises(ProviderError, match="ResourceAlreadyExists"):
        account.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "two", **rule)


def test_routes_out(account: Account) -> None:
    network = networks.build(account)
    assert has_route_out(account.store, network.public[0])
    assert has_route_out(account.store, network.private[1])
    assert not has_route_out(account.store, "subnet-none")
    account.delete(tokens.ROUTE, network.private_route)
    assert not has_route_out(account.store, network.private[1])


def test_a_nat_gateway_without_an_internet_gateway_leads_nowhere(account: Account) -> None:
    network = networks.build(account)
    route = next(r for r in account.store.find(tokens.ROUTE) if r.outputs.get("gatewayId"))
    account.delete(tokens.ROUTE, route.id)
    assert not has_route_out(account.store, network.private[0])


def test_endpoints_stand_in_for_a_route(account: Account) -> None:
    network = networks.build(account)
    assert missing_endpoints(account.store, network.private[0]) == ["ec2", "ecr.api", "ecr.dkr", "eks", "s3", "sts"]
    account.create(tokens.ENDPOINT, vpcId=network.vpc, serviceName="com.amazonaws.ap-northeast-2.s3")
    assert "s3" not in missing_endpoints(account.store, network.private[0])


def test_an_endpoint_admits_whom_its_security_group_admits(account: Account) -> None:
    network = networks.build(account)
    group = account.create(tokens.SECURITY_GROUP, "endpoints", vpcId=network.vpc)["id"]
    service = "com.amazonaws.ap-northeast-2.ecr.api"
    account.create(
        tokens.ENDPOINT,
        vpcId=network.vpc, serviceName=service, vpcEndpointType="Interface", privateDnsEnabled=True,
        securityGroupIds=[group],
    )  # fmt: skip
    assert closed_endpoints(account.store, network.private[0]) == [service]
    rule = {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    account.create(tokens.INGRESS_RULE, cidrIpv4="10.20.0.0/16", **rule)
    assert closed_endpoints(account.store, network.private[0]) == [service]
    account.create(tokens.INGRESS_RULE, "vpc", cidrIpv4="10.10.0.0/16", **rule)
    assert closed_endpoints(account.store, network.private[0]) == []


def test_load_balancers_are_named_as_elb_names_them(account: Account) -> None:
    network = networks.build(account)
    dns_name = load_balancers.create(account.store, "k8s-shop-1a2b", "internet-facing", network.public, [], {})
    assert dns_name.startswith("k8s-shop-1a2b-")
    assert dns_name.endswith(".ap-northeast-2.elb.amazonaws.com")
    internal = load_balancers.create(account.store, "inside", "internal", network.private, [], {})
    assert internal.startswith("internal-inside-")
    assert load_balancers.create(account.store, "inside", "internal", network.private, [], {"a": "b"}) == internal
    with pytest.raises(ProviderError, match="two zones"):
        load_balancers.create(account.store, "one", "internal", network.private[:1], [], {})


def test_a_public_load_balancer_holds_the_internet_gateway(account: Account) -> None:
    network = networks.build(account)
    account.delete(tokens.NAT_GATEWAY, network.nat)
    load_balancers.create(account.store, "shop", "internet-facing", network.public, [], {})
    with pytest.raises(ProviderError, match="mapped public address"):
        account.delete(tokens.INTERNET_GATEWAY, network.internet_gateway)
    load_balancers.delete(account.store, "shop")
    account.delete(tokens.INTERNET_GATEWAY, network.internet_gateway)
