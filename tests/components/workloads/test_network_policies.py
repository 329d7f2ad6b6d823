"""Every pair of ends and every port: what the rendered policies let through is the table of flows, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.config import NetworkConfig
from components.config.services import EgressConfig
from components.workloads.flows import Addresses, Workload, network_context, outgoing
from components.workloads.network_policies import NetworkPolicies, NetworkPoliciesArgs
from tests.components.program import Deployed, run
from tests.components.workloads.network_policy_rules import End, Rules

NAMESPACE = "openmarket-dev"
VPC = IPv4Network("10.10.0.0/16")
SERVICES = IPv4Network("172.20.0.0/16")
STORES = {"database": 3306, "cache": 6379}
SHOP = (
    Workload("backend-api", 3000, public=True, stores=("database", "cache"), internet=True, scraped=True),
    Workload("frontend-web", 3000, public=True, calls=("backend-api",), internet=True, scraped=True),
    Workload("database-users", stores=("database",)),
    Workload("backend-api-migration", stores=("database",)),
)


def egress(cidr: str, port: int, protocol: str = "TCP") -> EgressConfig:
    return EgressConfig.model_validate({"cidr": cidr, "port": port, "protocol": protocol})


PARTNER = egress("198.51.100.0/24", 5671)
MAIL = egress("0.0.0.0/0", 587)
OFFICE = egress("10.0.0.0/8", 8080)
NEIGHBOURS = egress("10.10.196.0/24", 22)
CLOCK = egress("198.51.100.7/32", 8080, "UDP")
REACHED = (
    (PARTNER, {"partner"}),
    # Of a network around the VPC, the VPC itself is left out, and so are Services and instance metadata.
    (MAIL, {"internet", "partner", "office"}),
    (OFFICE, {"office"}),
    (NEIGHBOURS, {"rest of the vpc"}),
    (CLOCK, {"partner"}),
)
"""The ends that entries of egress lead to."""
WITH_EGRESS = (
    *SHOP,
    Workload("mailer", egress=(MAIL, CLOCK)),
    Workload("orders", 4000, internet=True, stores=("database",), egress=(PARTNER, OFFICE, NEIGHBOURS)),
)
MORE = (
    *SHOP,
    # Reaches nothing but the backend, and only the frontend reaches it.
    Workload("search", 4000, calls=("backend-api",)),
    Workload("reviews", 5000, public=True, stores=("cache",)),
)


def pod(name: str, address: str = "10.10.1.10") -> End:
    return End(address, NAMESPACE, {"app.kubernetes.io/name": name})


# By the CIDR plan of 10.10.0.0/16 with the zones a and c.
OUTSIDE = {
    "internet": End("203.0.113.9"),
    "partner": End("198.51.100.7"),
    "office": End("10.99.0.7"),
    "load balancer a": End("10.10.192.5"),
    "load balancer c": End("10.10.200.5"),
    "data a": End("10.10.224.5"),
    "data c": End("10.10.232.5"),
    "node": End("10.10.2.2"),
    "rest of the vpc": End("10.10.196.5"),
    "kubernetes": End("172.20.0.1"),
    "instance metadata": End("169.254.169.254"),
    "coredns": End("10.10.1.2", "kube-system", {"k8s-app": "kube-dns"}),
    "other in kube-system": End("10.10.1.3", "kube-system", {"k8s-app": "aws-node"}),
    "prometheus": End("10.10.1.4", "monitoring", {"app.kubernetes.io/name": "prometheus"}),
    "backend-api elsewhere": End("10.10.1.5", "default", {"app.kubernetes.io/name": "backend-api"}),
    "unknown pod": pod("unknown", "10.10.1.6"),
}
PORTS = (22, 53, 80, 443, 587, 3000, 3306, 4000, 5000, 5671, 6379, 8080)
LOAD_BALANCERS = {"load balancer a", "load balancer c"}
DATA = {"data a", "data c"}
INTERNET = {"internet", "partner", "office"}


def render(workloads: Sequence[Workload], monitoring: str = "monitoring", interface_endpoints: bool = False) -> Rules:
    endpoints = ["ecr.api"] if interface_endpoints else []
    network = NetworkConfig.model_validate(
        {"cidr": VPC, "zones": ["a", "c"], "nat": "single", "interfaceEndpoints": endpoints}
    )
    context = network_context(network.networks, SERVICES, monitoring)
    args = NetworkPoliciesArgs(NAMESPACE, workloads, context)
    deployed: Deployed = run("dev", {}, lambda: NetworkPolicies("policies", args))
    return Rules(NAMESPACE, [policy.inputs for policy in deployed.of("networking.k8s.io/v1:NetworkPolicy")])


def expected(source: str, target: str, port: int, protocol: str, workloads: Sequence[Workload]) -> bool:
    """The issue's table, said once more and in other terms."""
    ours = {workload.name: workload for workload in workloads} | {"unknown pod": Workload("unknown")}
    sender, receiver = ours.get(source), ours.get(target)
    if not sender and not receiver:
        return True
    if target == "coredns":
        return port == 53
    if sender and any(
        target in ends and entry in sender.egress and (port, protocol) == (entry.port, entry.protocol)
        for entry, ends in REACHED
    ):
        return True
    if protocol != "TCP":
        return False
    if sender and receiver:
        return receiver.name in sender.calls and port == receiver.port
    if receiver:
        comes = {"prometheus": receiver.scraped} | dict.fromkeys(LOAD_BALANCERS, receiver.public)
        return comes.get(source, False) and port == receiver.port
    assert sender
    if target in DATA:
        return port in {STORES[store] for store in sender.stores}
    return target in INTERNET and port == 443 and sender.internet


@pytest.mark.parametrize(
    "workloads", [SHOP, MORE, WITH_EGRESS], ids=["shop", "with two more services", "with other egress"]
)
def test_the_matrix(workloads: Sequence[Workload]) -> None:
    rules = render(workloads)
    ends = OUTSIDE | {workload.name: pod(workload.name) for workload in workloads}
    assert OUTSIDE.keys() & {workload.name for workload in workloads} == set()
    wrong = [
        (source, target, port, protocol)
        for source, here in ends.items()
        for target, there in ends.items()
        for port in PORTS
        for protocol in ("TCP", "UDP")
        # Each end by itself: the other one must not be what saves it.
        for let in (rules.leaves,) * (here.namespace == NAMESPACE) + (rules.enters,) * (there.namespace == NAMESPACE)
        if let(here, there, port, protocol) != expected(source, target, port, protocol, workloads)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("source", "target", "port", "allowed"),
    [
        ("frontend-web", "backend-api", 3000, True),
        ("backend-api", "frontend-web", 3000, False),
        ("frontend-web", "data a", 3306, False),
        ("backend-api", "data c", 3306, True),
        ("backend-api", "data c", 6379, True),
        ("database-users", "data a", 3306, True),
        ("database-users", "data a", 6379, False),
        ("database-users", "internet", 443, False),
        ("backend-api", "internet", 443, True),
        ("backend-api", "internet", 80, False),
        ("backend-api", "kubernetes", 443, False),
        ("backend-api", "node", 443, False),
        ("backend-api", "instance metadata", 80, False),
        ("backend-api", "instance metadata", 443, False),
        ("load balancer a", "frontend-web", 3000, True),
        ("load balancer a", "database-users", 3000, False),
        ("internet", "frontend-web", 3000, False),
        ("prometheus", "backend-api", 3000, True),
        ("backend-api elsewhere", "backend-api", 3000, False),
    ],
)
def test_the_flows_that_matter_most(source: str, target: str, port: int, allowed: bool) -> None:
    ends = OUTSIDE | {workload.name: pod(workload.name) for workload in SHOP}
    assert render(SHOP).allow(ends[source], ends[target], port) is allowed


def test_without_prometheus_nobody_scrapes() -> None:
    rules = render(SHOP, monitoring="")
    assert not rules.allow(OUTSIDE["prometheus"], pod("backend-api"), 3000)


def test_interface_endpoints_open_https_in_the_private_subnets_and_nowhere_else() -> None:
    rules = render(SHOP, interface_endpoints=True)
    backend = pod("backend-api")
    assert rules.allow(backend, OUTSIDE["node"], 443)
    assert not rules.allow(backend, OUTSIDE["node"], 10250)
    assert not rules.allow(backend, OUTSIDE["data a"], 443)
    assert not rules.allow(pod("database-users"), OUTSIDE["node"], 443)


@pytest.mark.parametrize("interface_endpoints", [False, True])
def test_what_is_open_is_narrower_than_the_exception_it_is_in(interface_endpoints: bool) -> None:
    """The CNI's agent merges a block that equals an exception wrongly.

    https://github.com/aws/aws-network-policy-agent/pull/344
    """
    for policy in render(MORE, interface_endpoints=interface_endpoints).policies:
        rules = (policy["spec"].get("egress") or []) + (policy["spec"].get("ingress") or [])
        peers = [peer for rule in rules for peer in rule.get("to") or rule.get("from")]
        blocks = [peer["ipBlock"] for peer in peers if "ipBlock" in peer]
        for exception in (IPv4Network(network) for block in blocks for network in block.get("except") or []):
            for network in (IPv4Network(block["cidr"]) for block in blocks):
                assert network.prefixlen == 0 or not exception.subnet_of(network)


def test_an_open_block_of_the_vpc_is_never_an_exception_as_a_whole() -> None:
    """A block of the VPC may have nothing of the stack in it, and be open as a whole."""
    neighbours = IPv4Network("10.11.0.0/16")
    own = NetworkConfig.model_validate({"cidr": VPC, "zones": ["a", "c"], "nat": "single"}).networks
    context = network_context(replace(own, vpc=(VPC, neighbours)), SERVICES, "")
    ways = (egress(str(neighbours), 443), egress("10.0.0.0/8", 22))
    workload = Workload("orders", internet=True, egress=ways)
    flows = list(outgoing(workload, [workload], context))
    blocks = [peer for flow in flows for peer in flow.peers if isinstance(peer, Addresses)]
    exceptions = {network for block in blocks for network in block.without}
    assert neighbours in exceptions
    assert not exceptions & {block.network for block in blocks}
    assert [str(peer.network) for peer in flows[1].peers if isinstance(peer, Addresses)] == [
        "10.11.0.0/17", "10.11.128.0/17",
    ]  # fmt: skip
    assert flows[2].peers == (Addresses(IPv4Network("10.0.0.0/8"), (VPC, neighbours)),)


NAMES = ("one", "two", "three", "four")
SHOPS = st.lists(
    st.builds(
        Workload,
        name=st.sampled_from(NAMES),
        port=st.sampled_from((None, 3000, 4000, 5000)),
        public=st.booleans(),
        calls=st.sets(st.sampled_from(NAMES), max_size=3).map(sorted),
        stores=st.sets(st.sampled_from(tuple(STORES)), max_size=2).map(sorted),
        internet=st.booleans(),
        egress=st.lists(st.sampled_from([entry for entry, _ in REACHED]), max_size=2, unique_by=str),
        scraped=st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda workload: workload.name,
).map(lambda found: [replace(each, calls=[name for name in each.calls if name != each.name]) for each in found])


@given(SHOPS)
def test_the_matrix_of_any_shop(workloads: list[Workload]) -> None:
    test_the_matrix(workloads)
