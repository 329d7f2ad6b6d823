"""A VPC that somebody else made: all that it lacks is told at once, before the first resource."""

from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import config
from components.base.subnets import ZoneSubnets
from emulator.aws import tokens
from tests.components import existing_vpc
from tests.components.existing_vpc import KINDS, REGION, VPC_ID, Account, cidr, settings, subnet_id
from tests.components.program import run, run_program, stack_file

PUBLIC_A, PRIVATE_A, DATA_A = (subnet_id(kind, "a") for kind in KINDS)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    return existing_vpc.account(tmp_path, monkeypatch)


def loaded(given: dict[str, Any]) -> config.StackConfig:
    found: list[config.StackConfig] = []
    run("dev", given, lambda: found.append(config.load()))
    return found[0]


def refused(given: dict[str, Any]) -> str:
    with pytest.raises(pulumi.RunError) as refusal:
        run_program("dev", given)
    return str(refusal.value)


def test_its_addresses_are_those_that_aws_has(account: Account) -> None:
    account.put(tokens.VPC_CIDR, "vpc-cidr-assoc-1", {"vpcId": VPC_ID, "cidrBlock": "100.64.0.0/16"})
    networks = loaded(settings()).network.networks
    assert networks.vpc == (IPv4Network("10.60.0.0/16"), IPv4Network("100.64.0.0/16"))
    assert networks.subnets == {
        zone: ZoneSubnets(*(IPv4Network(cidr(kind, zone)) for kind in KINDS)) for zone in ("a", "c")
    }
    assert networks.endpoints == ()


def test_subnets_with_interface_endpoints_are_found(account: Account) -> None:
    account.put(tokens.SUBNET, "subnet-endpoints", {"vpcId": VPC_ID, "cidrBlock": "10.60.9.0/28"})
    for number in range(3):
        outputs = {"subnetId": "subnet-endpoints", "description": f"VPC Endpoint Interface vpce-{number}"}
        account.put(tokens.NETWORK_INTERFACE, f"eni-{number}", outputs)
    account.put(tokens.NETWORK_INTERFACE, "eni-9", {"subnetId": PRIVATE_A, "description": "a node's"})
    assert loaded(settings()).network.networks.endpoints == (IPv4Network("10.60.9.0/28"),)


CHANGES: list[tuple[str, Callable[[Account], None], str, str]] = [
    ("no VPC", lambda account: account.remove(tokens.VPC, VPC_ID), f"vpcId is {VPC_ID}",
     f"a VPC that is there, in {REGION}"),
    ("no host names", lambda account: account.change(tokens.VPC, VPC_ID, enableDnsHostnames=False),
     f"vpcId is {VPC_ID}", "a VPC with DNS hostnames on"),
    ("no resolution", lambda account: account.change(tokens.VPC, VPC_ID, enableDnsSupport=False), f"vpcId is {VPC_ID}",
     "a VPC with DNS resolution on"),
    ("no subnet", lambda account: account.remove(tokens.SUBNET, DATA_A), f"subnets.a.data is {DATA_A}",
     f"a subnet that is there, in {REGION}"),
    ("another VPC's", lambda account: account.change(tokens.SUBNET, DATA_A, vpcId="vpc-b"),
     f"subnets.a.data is {DATA_A}", f"a subnet of {VPC_ID}: this one is of vpc-b"),
    ("another zone's", lambda account: account.change(tokens.SUBNET, PRIVATE_A, availabilityZone=f"{REGION}b"),
     f"subnets.a.private is {PRIVATE_A}", f"a subnet in {REGION}a, as its key says: this one is in {REGION}b"),
    ("too small for a load balancer", lambda account: account.change(tokens.SUBNET, PUBLIC_A, cidrBlock="10.60.0.0/28"),
     f"subnets.a.public is {PUBLIC_A}", "a subnet of /27 or larger, for the load balancer: this one is 10.60.0.0/28"),
    ("no internet gateway", lambda account: account.change(tokens.ROUTE_TABLE, "rtb-public", routes=[]),
     f"subnets.a.public is {PUBLIC_A}", "by which customers reach the load balancer: it has no default route"),
    ("public behind NAT", lambda account: account.change(
        tokens.ROUTE_TABLE, "rtb-public", routes=[{"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"}]),
     f"subnets.a.public is {PUBLIC_A}", "an internet gateway, by which customers reach the load balancer: its default "
     "route leads to nat-1"),
    ("no way out", lambda account: account.change(tokens.ROUTE_TABLE, "rtb-private", routes=[]),
     f"subnets.a.private is {PRIVATE_A}", "nodes without public addresses pull images: it has no default route"),
    ("private by an internet gateway", lambda account: account.change(
        tokens.ROUTE_TABLE, "rtb-private", routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]),
     f"subnets.a.private is {PRIVATE_A}", "a default route through NAT or the like"),
    ("data by the main route table", lambda account: account.change(
        tokens.ROUTE_TABLE, "rtb-main", routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]),
     f"subnets.a.data is {DATA_A}", "no route to the internet, as databases and caches are in it: its default route"),
    ("no room for the load balancer", lambda account: account.fill("public", "a", 7), f"subnets.a.public is {PUBLIC_A}",
     "8 free addresses, for the load balancer: 7 are free"),
    ("no room for stores", lambda account: account.fill("data", "a", 3), f"subnets.a.data is {DATA_A}",
     "4 free addresses (1 of Aurora, 1 of the cache, 2 to replace them): 3 are free"),
    ("no room for nodes", lambda account: account.fill("private", "a", 100), f"subnets.a.private is {PRIVATE_A}",
     "a larger subnet or a lower cluster.nodeGroups.general.max or maxReplicas, for what zone a may come to:"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "key", "expected"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES]
)
def test_what_it_lacks_is_told(account: Account, change: Callable[[Account], None], key: str, expected: str) -> None:
    loaded(settings())
    change(account)
    said = refused(settings())
    assert f"openmarket:network.existing.{key}\n" in said
    assert expected in said


def test_everything_is_told_at_once(account: Account) -> None:
    account.remove(tokens.VPC, VPC_ID)
    account.remove(tokens.SUBNET, DATA_A)
    account.change(tokens.ROUTE_TABLE, "rtb-public", routes=[])
    said = refused(settings(nat="single"))
    assert said.startswith("Pulumi.dev.yaml has 5 problems; nothing was changed:")
    for part in (".nat is single", f".vpcId is {VPC_ID}", "a.data", "a.public", "c.public"):
        assert part in said


def test_any_way_out_but_an_internet_gateway_is_one_for_nodes(account: Account) -> None:
    for target in ({"transitGatewayId": "tgw-1"}, {"networkInterfaceId": "eni-1"}, {"gatewayId": "vgw-1"}):
        account.change(tokens.ROUTE_TABLE, "rtb-private", routes=[{"cidrBlock": "0.0.0.0/0", **target}])
        loaded(settings())


def test_a_firewall_may_stand_before_the_internet_gateway(account: Account) -> None:
    routes = [{"cidrBlock": "0.0.0.0/0", "vpcEndpointId": "vpce-1"}]
    account.change(tokens.ROUTE_TABLE, "rtb-public", routes=routes)
    loaded(settings())


@pytest.mark.parametrize("block", ["10.60.0.0/16", "172.20.0.0/20"])
def test_services_overlap_no_block_of_the_vpc(account: Account, block: str) -> None:
    account.change(tokens.VPC, VPC_ID, cidrBlock="10.60.0.0/16")
    account.put(tokens.VPC_CIDR, "vpc-cidr-assoc-1", {"vpcId": VPC_ID, "cidrBlock": "172.20.0.0/20"})
    given = settings()
    given["openmarket:cluster"]["serviceCidr"] = "10.60.128.0/20" if block.startswith("10") else "172.20.0.0/16"
    assert "does not overlap the VPC's 10.60.0.0/16 and 172.20.0.0/20" in refused(given)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("cidr", "10.10.0.0/16", "to go: the VPC of network.existing has addresses already"),
        ("zones", ["a", "c"], "to go: the keys of network.existing.subnets are the zones"),
        ("nat", "perZone", "to go: the private subnets of network.existing have a way out already"),
        ("interfaceEndpoints", ["ecr.api"], "to go: an endpoint changes where names lead for all that is in the VPC"),
    ],
)
def test_what_makes_an_own_network_does_not_go_with_it(account: Account, key: str, value: Any, expected: str) -> None:
    said = refused(settings(**{key: value}))
    assert f"openmarket:network.{key} is " in said
    assert expected in said


def test_no_interface_endpoints_are_none(account: Account) -> None:
    loaded(settings(interfaceEndpoints=[]))


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("vpcId",), "vpc-1", "the id of a VPC, such as vpc-0123456789abcdef0"),
        (("vpcId",), None, "existing.vpcId is missing\n    needs the id of a VPC"),
        (("subnets",), {}, "a mapping from at least two zone letters"),
        (("subnets", "c"), None, "a mapping from at least two zone letters"),
        (("subnets", "z"), {}, "existing.subnets.z is {}\n    needs another name"),
        (("subnets", "a", "data"), None, "subnets.a.data is missing\n    needs the id of the zone's subnet for"),
        (("subnets", "a", "data"), "private", "such as subnet-0123456789abcdef2"),
        (("subnets", "c", "data"), PRIVATE_A, f"subnets.c.data is {PRIVATE_A}\n    needs a subnet of its own, as "
         "subnets.a.private is the same one"),
        (("subnets", "a", "intra"), "subnet-1", "to go: no such key"),
    ],
)  # fmt: skip
def test_what_is_written_wrong_is_told(account: Account, path: tuple[str, ...], value: Any, expected: str) -> None:
    given = settings()
    section: Any = given["openmarket:network"]["existing"]
    for part in path[:-1]:
        section = section[part]
    section[path[-1]] = value
    if value is None:
        del section[path[-1]]
    assert expected in refused(given)


@pytest.mark.parametrize("missing", [("cidr",), ("zones",), ("nat",), ("cidr", "zones", "nat")])
def test_a_network_of_its_own_needs_all_of_it(account: Account, missing: tuple[str, ...]) -> None:
    given = settings()
    given["openmarket:network"] = {"cidr": "10.10.0.0/16", "zones": ["a", "c"], "nat": "single"}
    for key in missing:
        del given["openmarket:network"][key]
    said = refused(given)
    assert [key for key in ("cidr", "zones", "nat") if f"openmarket:network.{key} is missing" in said] == list(missing)


def cluster(account: Account, vpc_id: str = VPC_ID, *subnets: str) -> None:
    """The stack's cluster, as it is after a deployment."""
    name = "openmarket-dev-eks"
    account.put(tokens.CLUSTER, name, {
        "name": name, "version": "1.36", "arn": f"arn:aws:eks:{REGION}:123456789012:cluster/{name}",
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"},
        "vpcConfig": {"vpcId": vpc_id, "subnetIds": list(subnets)}, "tagsAll": {"EncryptionKeys": "perStack"},
    })  # fmt: skip


def database(account: Account, *subnets: str) -> None:
    outputs = {"arn": f"arn:aws:rds:{REGION}:1:subgrp:x", "description": "", "subnetIds": list(subnets)}
    account.put("aws:rds/subnetGroup:SubnetGroup", "stores", outputs)
    account.put(tokens.DATABASE_CLUSTER, "openmarket-dev-aurora", {
        "arn": f"arn:aws:rds:{REGION}:1:cluster:x", "engineVersionActual": "8.0.mysql_aurora.3.12.0",
        "dbSubnetGroupName": "stores",
    })  # fmt: skip


PRIVATE = [subnet_id("private", zone) for zone in "ac"]
DATA = [subnet_id("data", zone) for zone in "ac"]


def test_a_deployed_stack_is_as_it_was(account: Account) -> None:
    cluster(account, VPC_ID, *PRIVATE)
    database(account, *DATA)
    # Its own nodes, pods and stores have taken addresses by now.
    for kind in KINDS:
        account.fill(kind, "a", 1)
    existing = loaded(settings()).cluster.existing
    assert existing
    assert existing.control_plane_zones == ("a", "c")


def test_a_zone_can_be_added(account: Account) -> None:
    cluster(account, VPC_ID, *PRIVATE)
    database(account, *DATA)
    given = settings()
    for number, kind in enumerate(KINDS):
        made = f"subnet-0{'b' * 15}{number}"
        size = "20" if kind == "private" else "24"
        account.put(tokens.SUBNET, made, {
            "vpcId": VPC_ID, "availabilityZone": f"{REGION}b", "cidrBlock": f"10.60.{(8, 48, 9)[number]}.0/{size}",
        })  # fmt: skip
        if kind != "data":
            associated = {"subnetId": made, "routeTableId": f"rtb-{kind}"}
            account.put(tokens.ROUTE_TABLE_ASSOCIATION, f"rtbassoc-{kind}-b", associated)
        given["openmarket:network"]["existing"]["subnets"].setdefault("b", {})[kind] = made
    existing = loaded(given).cluster.existing
    assert existing
    assert existing.control_plane_zones == ("a", "c")


def test_nothing_leaves_the_subnets_that_it_is_in(account: Account) -> None:
    cluster(account, VPC_ID, *PRIVATE)
    database(account, *DATA)
    given = settings()
    subnets = given["openmarket:network"]["existing"]["subnets"]
    subnets["a"]["private"], subnets["a"]["data"] = DATA_A, PRIVATE_A
    said = refused(given)
    assert f"subnets.a.private is {DATA_A}\n    needs {PRIVATE_A}, in which the control plane is" in said
    assert f"subnets.a.data is {PRIVATE_A}\n    needs {DATA_A}, in which the database and the cache may be" in said


def test_a_cluster_never_leaves_its_vpc(account: Account) -> None:
    cluster(account, "vpc-0000000000000000b", *PRIVATE)
    assert "vpcId is vpc-0000000000000000a\n    needs vpc-0000000000000000b, in which" in refused(settings())
    cluster(account, VPC_ID, *PRIVATE)
    said = refused(stack_file("dev"))
    assert (
        f"openmarket:network.existing is missing\n    needs vpcId: {VPC_ID}, in which the cluster was created" in said
    )


def test_a_cluster_never_leaves_the_stacks_own_vpc(account: Account) -> None:
    for zone in "ac":
        account.change(tokens.SUBNET, subnet_id("private", zone), tagsAll={"Name": f"openmarket-dev-private-{zone}"})
    cluster(account, VPC_ID, *PRIVATE)
    assert "needs to go: the cluster is in the stack's own VPC, and EKS never moves a cluster" in refused(settings())
