"""What the provider's functions say about VPCs, subnets, routes and network interfaces."""

from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account
from aws_networks import Network

from emulator.aws import tokens
from emulator.plugins.provider import ProviderError


@pytest.fixture
def network(account: Account) -> Network:
    return networks.build(account)


def ask(account: Account, function: str, **arguments: Any) -> Any:
    return account.provider.invoke(f"aws:ec2/{function}:{function}", arguments)


def ids(account: Account, function: str, **filters: str) -> list[str]:
    asked = [{"name": name.replace("__", ".").replace("_", "-"), "values": [value]} for name, value in filters.items()]
    return list(ask(account, function, filters=asked)["ids"])


def test_a_vpc_with_all_its_blocks(account: Account, network: Network) -> None:
    assert ids(account, "getVpcs", vpc_id=network.vpc) == [network.vpc]
    assert ids(account, "getVpcs", vpc_id="vpc-0") == []
    account.create(tokens.VPC_CIDR, vpcId=network.vpc, cidrBlock="100.64.0.0/16")
    found = ask(account, "getVpc", id=network.vpc)
    assert (found["enableDnsSupport"], found["enableDnsHostnames"]) == (True, True)
    blocks = [(each["cidrBlock"], each["state"]) for each in found["cidrBlockAssociations"]]
    assert blocks == [("10.10.0.0/16", "associated"), ("100.64.0.0/16", "associated")]


def test_a_block_overlaps_no_other_and_makes_room_for_subnets(account: Account, network: Network) -> None:
    with pytest.raises(ProviderError, match="conflicts with another CIDR block"):
        account.create(tokens.VPC_CIDR, vpcId=network.vpc, cidrBlock="10.10.128.0/20")
    inside: dict[str, Any] = {
        "vpcId": network.vpc, "cidrBlock": "100.64.1.0/24", "availabilityZone": "ap-northeast-2a",
    }  # fmt: skip
    with pytest.raises(ProviderError, match="is not inside VPC"):
        account.create(tokens.SUBNET, "pods", **inside)
    account.create(tokens.VPC_CIDR, vpcId=network.vpc, cidrBlock="100.64.0.0/16")
    account.create(tokens.SUBNET, "pods", **inside)


def test_a_subnet_and_its_free_addresses(account: Account, network: Network) -> None:
    (public, _), (private, other) = network.public, network.private
    assert ids(account, "getSubnets", subnet_id=private) == [private]
    assert set(ids(account, "getSubnets", vpc_id=network.vpc)) == {*network.public, *network.private}
    found = ask(account, "getSubnet", id=private)
    assert (found["vpcId"], found["availabilityZone"]) == (network.vpc, "ap-northeast-2a")
    assert (found["cidrBlock"], found["availableIpAddressCount"]) == ("10.10.100.0/24", 251)
    # The NAT gateway has an address.
    assert ask(account, "getSubnet", id=public)["availableIpAddressCount"] == 250
    assert ask(account, "getSubnet", id=other)["availabilityZone"] == "ap-northeast-2b"


def test_the_routes_of_a_subnet(account: Account, network: Network) -> None:
    (table,) = ids(account, "getRouteTables", association__subnet_id=network.private[0])
    assert table == network.private_table
    (route,) = ask(account, "getRouteTable", routeTableId=table)["routes"]
    assert (route["cidrBlock"], route["natGatewayId"], route["gatewayId"]) == ("0.0.0.0/0", network.nat, "")
    (main,) = ids(account, "getRouteTables", association__main="true", vpc_id=network.vpc)
    assert ask(account, "getRouteTable", routeTableId=main)["routes"] == []


def test_routes_that_are_written_in_their_table(account: Account, network: Network) -> None:
    routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": network.internet_gateway}]
    table = account.create(tokens.ROUTE_TABLE, "inline", vpcId=network.vpc, routes=routes)["id"]
    (route,) = ask(account, "getRouteTable", routeTableId=table)["routes"]
    assert (route["cidrBlock"], route["gatewayId"]) == ("0.0.0.0/0", network.internet_gateway)


def test_network_interfaces_by_type(account: Account, network: Network) -> None:
    private = network.private[0]
    service = "com.amazonaws.ap-northeast-2.sts"
    account.create(
        tokens.ENDPOINT, vpcId=network.vpc, serviceName=service, vpcEndpointType="Interface", subnetIds=[private]
    )
    (of_endpoint,) = ids(account, "getNetworkInterfaces", vpc_id=network.vpc, interface_type="vpc_endpoint")
    assert ids(account, "getNetworkInterfaces", subnet_id=private) == [of_endpoint]
    found = ask(account, "getNetworkInterface", id=of_endpoint)
    assert (found["subnetId"], found["vpcId"], found["interfaceType"]) == (private, network.vpc, "vpc_endpoint")
    (of_nat,) = ids(account, "getNetworkInterfaces", interface_type="nat_gateway")
    assert ask(account, "getNetworkInterface", id=of_nat)["subnetId"] == network.public[0]


@pytest.mark.parametrize("function", ["getVpc", "getSubnet", "getNetworkInterface"])
def test_what_is_not_there_is_an_error(account: Account, function: str) -> None:
    with pytest.raises(ProviderError, match="no matching EC2"):
        ask(account, function, id="x-0")


@pytest.mark.parametrize(
    ("function", "arguments", "known"),
    [
        ("getVpcs", {"filters": [{"name": "state", "values": ["available"]}]}, "knows the filters vpc-id, cidr"),
        ("getSubnets", {"region": "us-east-1", "tags": {}}, "knows the filters subnet-id"),
        ("getVpc", {"cidrBlock": "10.0.0.0/16"}, "reads an EC2 VPC by id only"),
    ],
)
def test_questions_that_it_does_not_know_are_errors(
    account: Account, function: str, arguments: dict[str, Any], known: str
) -> None:
    with pytest.raises(ProviderError, match=known):
        ask(account, function, **arguments)
