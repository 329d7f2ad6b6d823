"""A stack in a VPC that somebody else made: it uses that one's subnets, and makes nothing of a network itself."""

import pytest

from emulator.aws import tokens
from tests.components import existing_vpc
from tests.components.existing_vpc import VPC_ID, cidr, settings, subnet_id
from tests.components.program import Deployed, run_program

NETWORK = (
    "ec2/vpc:Vpc", "ec2/subnet:Subnet", "ec2/internetGateway:InternetGateway", "ec2/natGateway:NatGateway",
    "ec2/eip:Eip", "ec2/routeTable:RouteTable", "ec2/route:Route", ":RouteTableAssociation",
    "ec2/defaultSecurityGroup:DefaultSecurityGroup", "ec2/vpcEndpoint:VpcEndpoint", "ec2/flowLog:FlowLog",
)  # fmt: skip
PRIVATE, PUBLIC, DATA = ([subnet_id(kind, zone) for zone in "ac"] for kind in ("private", "public", "data"))


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    with pytest.MonkeyPatch.context() as monkeypatch:
        account = existing_vpc.account(tmp_path_factory.mktemp("account"), monkeypatch)
        account.put(tokens.SUBNET, "subnet-e", {"vpcId": VPC_ID, "cidrBlock": "100.64.0.0/24"})
        account.put(tokens.VPC_CIDR, "vpc-cidr-assoc-e", {"vpcId": VPC_ID, "cidrBlock": "100.64.0.0/24"})
        interface = {"subnetId": "subnet-e", "description": "VPC Endpoint Interface vpce-0"}
        account.put(tokens.NETWORK_INTERFACE, "eni-e", interface)
        return run_program("dev", settings())


def test_nothing_of_a_network_is_made(deployed: Deployed) -> None:
    assert [made.name for type_ in NETWORK for made in deployed.of(type_)] == []
    assert deployed.outputs["vpc_id"] == VPC_ID


def test_everything_is_in_its_subnets(deployed: Deployed) -> None:
    cluster = deployed.one("eks:index:Cluster").inputs
    assert (cluster["vpcId"], cluster["privateSubnetIds"]) == (VPC_ID, PRIVATE)
    assert [group.inputs["subnetIds"] for group in deployed.of("eks/nodeGroup:NodeGroup")] == [PRIVATE]
    for group in ("rds/subnetGroup:SubnetGroup", "elasticache/subnetGroup:SubnetGroup"):
        assert deployed.one(group).inputs["subnetIds"] == DATA
    (ingress,) = deployed.of("networking.k8s.io/v1:Ingress")
    assert ingress.inputs["metadata"]["annotations"]["alb.ingress.kubernetes.io/subnets"] == ",".join(PUBLIC)
    groups = deployed.of("ec2/securityGroup:SecurityGroup")
    assert groups
    assert {group.inputs["vpcId"] for group in groups} == {VPC_ID}


def test_the_load_balancers_controller_knows_the_vpc(deployed: Deployed) -> None:
    releases = [each.inputs for each in deployed.of(":Release")]
    (values,) = [each["values"] for each in releases if each["chart"] == "aws-load-balancer-controller"]
    assert values["vpcId"] == VPC_ID


def test_network_policies_have_its_addresses(deployed: Deployed) -> None:
    policies = {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in deployed.of(":NetworkPolicy")}
    backend = policies["backend-api"]
    incoming = [peer["ipBlock"]["cidr"] for rule in backend["ingress"] for peer in rule["from"] if "ipBlock" in peer]
    assert incoming == [cidr("public", zone) for zone in "ac"]
    outgoing = {
        rule["ports"][0]["port"]: [peer["ipBlock"] for peer in rule["to"]]
        for rule in backend["egress"]
        if "ipBlock" in rule["to"][0]
    }
    assert outgoing[3306] == outgoing[6379] == [{"cidr": cidr("data", zone)} for zone in "ac"]
    excepted = ["10.60.0.0/16", "100.64.0.0/24", "172.20.0.0/16", "169.254.0.0/16"]
    # What is open inside of the VPC is narrower than what is excepted, or the CNI takes one for the other.
    endpoints = [{"cidr": "100.64.0.0/25"}, {"cidr": "100.64.0.128/25"}]
    assert outgoing[443] == [{"cidr": "0.0.0.0/0", "except": excepted}, *endpoints]


def test_alarms_and_graphs_are_of_what_the_stack_has(deployed: Deployed) -> None:
    names = [alarm.inputs["name"] for alarm in deployed.of("cloudwatch/metricAlarm:MetricAlarm")]
    assert names
    assert [name for name in names if "nat" in name] == []
    assert "NAT" not in deployed.one("cloudwatch/dashboard:Dashboard").inputs["dashboardBody"]
