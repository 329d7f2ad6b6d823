"""Subnets, and what each kind of them reaches."""

from copy import deepcopy
from typing import Any

from tests.components.program import Deployed, run_program, stack_file


def network(**changes: Any) -> Deployed:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:network"] |= changes
    return run_program("dev", settings)


def test_three_subnets_per_zone(prod: Deployed) -> None:
    subnets = {subnet.name: subnet.inputs for subnet in prod.of("ec2/subnet:Subnet")}
    assert len(subnets) == 9
    for zone in "abc":
        assert subnets[f"network-private-{zone}"]["availabilityZone"] == f"ap-northeast-2{zone}"
        assert subnets[f"network-public-{zone}"]["tags"]["kubernetes.io/role/elb"] == "1"
        assert subnets[f"network-private-{zone}"]["tags"]["kubernetes.io/role/internal-elb"] == "1"
        assert set(subnets[f"network-data-{zone}"]["tags"]) == {"Name"}


def test_one_nat_gateway_serves_all_zones_of_dev(dev: Deployed) -> None:
    (gateway,) = dev.of("ec2/natGateway:NatGateway")
    assert gateway.name == "network-nat-a"
    routes = [route for route in dev.of("ec2/route:Route") if "nat" in route.name]
    assert len(routes) == 2
    assert len({route.inputs["natGatewayId"] for route in routes}) == 1
    assert len({route.inputs["routeTableId"] for route in routes}) == 2


def test_every_zone_of_prod_has_its_own_nat_gateway(prod: Deployed) -> None:
    routes = [route for route in prod.of("ec2/route:Route") if "nat" in route.name]
    assert len({route.inputs["natGatewayId"] for route in routes}) == 3


def test_data_subnets_have_no_way_out(deployed: Deployed) -> None:
    associations = {a.name: a.inputs["routeTableId"] for a in deployed.of(":RouteTableAssociation")}
    tables = {table for name, table in associations.items() if "-data-" in name}
    assert len(tables) == 1
    assert not tables & {route.inputs["routeTableId"] for route in deployed.of("ec2/route:Route")}
    assert not tables & set(deployed.one("ec2/vpcEndpoint:VpcEndpoint").inputs["routeTableIds"])


def test_every_subnet_has_a_route_table(deployed: Deployed) -> None:
    associated = [association.inputs["subnetId"] for association in deployed.of(":RouteTableAssociation")]
    assert len(associated) == len(set(associated)) == len(deployed.of("ec2/subnet:Subnet"))


def test_public_subnets_are_handed_out_with_their_route(dev: Deployed) -> None:
    assert dev.dependencies("network-public-a-association") == {"network-internet-route"}


def test_the_default_security_group_is_empty(dev: Deployed) -> None:
    group = dev.one("ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert not group.get("ingress")
    assert not group.get("egress")


def test_flow_logs_have_retention(prod: Deployed) -> None:
    log = prod.one("ec2/flowLog:FlowLog")
    assert log.inputs["trafficType"] == "ALL"
    group = prod.one("cloudwatch/logGroup:LogGroup", "network-flow-logs-group")
    assert group.inputs["retentionInDays"] == 90
    assert "network-flow-logs-policy" in prod.waits_for(log.name)


def test_interface_endpoints_on_request() -> None:
    deployed = network(interfaceEndpoints=["ecr.api", "sts"])
    endpoints = {e.name: e.inputs for e in deployed.of("ec2/vpcEndpoint:VpcEndpoint")}
    assert set(endpoints) == {"network-endpoints-s3", "network-endpoints-ecr-api", "network-endpoints-sts"}
    sts = endpoints["network-endpoints-sts"]
    assert sts["serviceName"] == "com.amazonaws.ap-northeast-2.sts"
    assert sts["privateDnsEnabled"] is True
    assert len(sts["subnetIds"]) == 2
    rule = deployed.one(":SecurityGroupIngressRule", "network-endpoints-https")
    assert (rule.inputs["cidrIpv4"], rule.inputs["fromPort"]) == ("10.10.0.0/16", 443)


def test_adding_a_zone_changes_no_subnet(dev: Deployed) -> None:
    before = {subnet.name: subnet.inputs["cidrBlock"] for subnet in dev.of("ec2/subnet:Subnet")}
    after = {s.name: s.inputs["cidrBlock"] for s in network(zones=["a", "c", "b"]).of("ec2/subnet:Subnet")}
    assert before.items() < after.items()
