"""Where else services may connect to: to networks and ports, and to nothing that has a word of its own."""

from copy import deepcopy
from typing import Any

import pulumi
import pytest

from components import config
from tests.components.program import run, run_program, stack_file


def settings(*entries: Any, **stanza: Any) -> dict[str, Any]:
    found = deepcopy(stack_file("dev"))
    found["openmarket:services"]["frontend-web"] |= {"egress": list(entries), **stanza}
    return found


def entry(cidr: str, port: Any = 5671, **more: Any) -> dict[str, Any]:
    return {"cidr": cidr, "port": port, **more}


def refused(given: dict[str, Any]) -> str:
    with pytest.raises(pulumi.RunError) as refusal:
        run("dev", given, config.load)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("listed", "key", "expected"),
    [
        ([{"host": "mq.example.com", "port": 5671}], "egress[0].host is mq.example.com",
         "to go: network policies of the VPC CNI know addresses and no names"),
        ([entry("198.51.100.0/24"), {"host": "mq.example.com", "cidr": "198.51.100.0/24", "port": 1}],
         "egress[1].host is mq.example.com", "Write the server's addresses as cidr"),
        ([entry("169.254.169.254/32", 80)], "egress[0].cidr is 169.254.169.254/32",
         "a network outside 169.254.0.0/16: instance metadata is there"),
        ([entry("172.20.0.0/16")], "egress[0].cidr is 172.20.0.0/16",
         "a network outside 172.20.0.0/16, the cluster's services: `calls` is for those"),
        ([entry("172.20.0.10/32", 53)], "egress[0].cidr is 172.20.0.10/32", "`calls` is for those"),
        ([entry("10.10.224.0/22", 3306)], "egress[0].cidr is 10.10.224.0/22",
         "a network without 10.10.224.0/22, where database and cache are: `uses` is for those"),
        ([entry("10.10.224.5/32", 3306)], "egress[0].cidr is 10.10.224.5/32", "`uses` is for those"),
        ([entry("10.10.0.0/16", 22)], "egress[0].cidr is 10.10.0.0/16", "10.10.224.0/22 and 10.10.232.0/22"),
        ([entry("198.51.100.0/24", 443)], "egress[0].cidr is 198.51.100.0/24 TCP 443",
         "to go: internet is true, which is HTTPS to anywhere; or internet: false"),
        ([entry("198.51.100.0/24")] * 2, "egress is ", "listed twice: 198.51.100.0/24 TCP 5671"),
        ([entry("198.51.100.1/24")], "egress[0].cidr is 198.51.100.1/24", "an IPv4 network with its prefix length"),
        ([entry("2001:db8::/32")], "egress[0].cidr is 2001:db8::/32", "an IPv4 network with its prefix length"),
        ([entry("198.51.100.0/24", 0)], "egress[0].port is 0", "a port, 1 to 65535"),
        ([entry("198.51.100.0/24", protocol="ICMP")], "egress[0].protocol is ICMP", "TCP or UDP"),
        ([{"cidr": "198.51.100.0/24"}], "egress[0].port is missing", "a port, 1 to 65535"),
    ],
)  # fmt: skip
def test_what_has_a_word_of_its_own_or_is_wrong_is_refused(listed: list[Any], key: str, expected: str) -> None:
    said = refused(settings(*listed))
    assert f"openmarket:services.frontend-web.{key}" in said
    assert expected in said


def test_everything_is_told_at_once() -> None:
    said = refused(settings(entry("172.20.0.10/32"), entry("10.10.224.5/32", 3306), entry("198.51.100.0/24", 443)))
    assert said.startswith("Pulumi.dev.yaml has 3 problems")


def test_without_the_internet_there_is_only_what_is_listed() -> None:
    given = settings(entry("198.51.100.0/24", 443), entry("10.10.196.0/24", 389, protocol="UDP"), internet=False)
    policies = {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in run_program("dev", given).of(
        "networking.k8s.io/v1:NetworkPolicy")}  # fmt: skip
    egress = policies["frontend-web"]["egress"]
    addresses = [(peer["ipBlock"], rule["ports"]) for rule in egress for peer in rule["to"] if "ipBlock" in peer]
    assert addresses == [
        ({"cidr": "198.51.100.0/24"}, [{"port": 443, "protocol": "TCP"}]),
        ({"cidr": "10.10.196.0/24"}, [{"port": 389, "protocol": "UDP"}]),
    ]


def test_a_network_around_the_vpc_leaves_out_what_is_the_stacks() -> None:
    deployed = run_program("dev", settings(entry("0.0.0.0/0", 587)))
    (policy,) = [
        each.inputs["spec"]
        for each in deployed.of("networking.k8s.io/v1:NetworkPolicy")
        if each.inputs["metadata"]["name"] == "frontend-web"
    ]
    (block,) = [rule["to"][0]["ipBlock"] for rule in policy["egress"] if rule["ports"][0]["port"] == 587]
    assert block == {"cidr": "0.0.0.0/0", "except": ["10.10.0.0/16", "172.20.0.0/16", "169.254.0.0/16"]}
