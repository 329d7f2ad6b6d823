"""The network holds the addresses of the largest cluster, or the configuration is refused with the arithmetic."""

from copy import deepcopy
from typing import Any

import pulumi
import pytest

from components import config
from tests.components.program import STACKS, run, stack_file

Settings = dict[str, Any]


def with_network(cidr: str, stack: str = "prod", **group: Any) -> Settings:
    settings = deepcopy(stack_file(stack))
    settings["openmarket:network"]["cidr"] = cidr
    settings["openmarket:cluster"]["nodeGroups"]["general"] |= group
    return settings


def refusal(settings: Settings, stack: str = "prod") -> str:
    with pytest.raises(pulumi.RunError) as error:
        run(stack, settings, config.load)
    return str(error.value)


@pytest.mark.parametrize("stack", STACKS)
def test_each_stacks_network_holds_its_cluster(stack: str) -> None:
    run(stack, stack_file(stack), config.load)


def test_the_refusal_shows_the_arithmetic() -> None:
    # (36 + 12 nodes) / 3 zones; 512 addresses are an eighth of a /20.
    lines = refusal(with_network("10.30.0.0/20", max=36)).splitlines()
    assert lines[0] == "Pulumi.prod.yaml has 1 problem; nothing was changed:"
    assert lines[1] == "  openmarket:network.cidr is 10.30.0.0/20"
    assert lines[2].startswith("    needs a /19 or larger, chosen before the first deployment, or a lower ")
    assert lines[3] == "      16 nodes at the maximum while their group is updated, an address each = 16"
    pods, prefixes = (int(lines[4].split(word)[0].split()[-1]) for word in (" pods", " prefixes of"))
    assert prefixes == -(-pods // 16) + 2 * 16
    assert lines[5] == "      interface endpoints: 0, control plane: 6, kept by AWS: 5"
    assert lines[6] == f"      which is {16 + prefixes * 16 + 11} of the 512 addresses in its private subnet"


def test_the_network_that_the_refusal_asks_for_is_enough() -> None:
    asked = refusal(with_network("10.30.0.0/20")).split("needs a ")[1].split()[0]
    run("prod", with_network(f"10.30.0.0{asked}"), config.load)


def test_the_zone_with_the_most_nodes_counts() -> None:
    few: Settings = {"max": 12, "desired": 4}
    run("dev", with_network("10.10.0.0/20", "dev", **few), config.load)
    assert "for what zone c may come to" in refusal(with_network("10.10.0.0/20", "dev", **few, zones=["c"]), "dev")


def test_without_an_autoscaler_the_desired_size_counts() -> None:
    settings = with_network("10.10.0.0/20", "dev", max=60, desired=12)
    assert "openmarket:network.cidr" in refusal(settings, "dev")
    settings["openmarket:addons"]["clusterAutoscaler"]["enabled"] = False
    run("dev", settings, config.load)
    settings["openmarket:cluster"]["nodeGroups"]["general"]["desired"] = 60
    assert "a lower cluster.nodeGroups.general.desired or maxReplicas" in refusal(settings, "dev")


def test_interface_endpoints_take_addresses_too() -> None:
    settings = with_network("10.30.0.0/20")
    settings["openmarket:network"]["interfaceEndpoints"] = ["ecr.api", "ecr.dkr", "sts"]
    assert "interface endpoints: 3" in refusal(settings)


def test_no_network_holds_every_cluster() -> None:
    text = refusal(with_network("10.30.0.0/16", max=450, zones=["a"]))
    assert "needs a smaller cluster, or a lower cluster.nodeGroups.general.max or maxReplicas" in text
