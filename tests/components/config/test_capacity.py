"""What may run has a node to run on, or the configuration is refused with the arithmetic."""

from copy import deepcopy
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import config
from components.base.allocatable import Allocatable, InstanceType, allocatable
from components.base.pods import Demand, Requests, demand
from components.config.capacity import fits
from tests.components.program import STACKS, run, stack_file

Settings = dict[str, Any]
LARGE = ["t4g.large", "m6g.large", "m7g.large"]
DEMANDS = st.lists(st.builds(Demand, st.integers(0, 2000), st.integers(0, 4000)), max_size=40)
NODES = st.lists(st.builds(Allocatable, st.integers(1, 8000), st.integers(1, 16000), st.integers(1, 110)), max_size=8)


def refusal(settings: Settings, stack: str = "dev") -> str:
    with pytest.raises(pulumi.RunError) as error:
        run(stack, settings, config.load)
    return str(error.value)


def with_group(stack: str = "dev", **changes: Any) -> Settings:
    settings = deepcopy(stack_file(stack))
    settings["openmarket:cluster"]["nodeGroups"]["general"] |= {"instanceTypes": LARGE} | changes
    return settings


def busy(replicas: int, **changes: Any) -> Settings:
    settings = with_group(**changes)
    settings["openmarket:services"] = {
        "shop": {"hosts": ["@"], "replicas": 2, "maxReplicas": replicas, "cpu": "700m", "memory": "1Gi"}
    }
    return settings


@pytest.mark.parametrize("stack", STACKS)
def test_each_stack_fits_its_nodes(stack: str) -> None:
    run(stack, stack_file(stack), config.load)


def test_the_refusal_shows_the_arithmetic() -> None:
    # t4g.large: 2000 - 70 reserved - 480 on every node = 1450 millicores; 8192 MiB x 0.925 - 1465 reserved - 100 - 273.
    assert refusal(busy(8, max=3)).splitlines()[1:] == [
        "  openmarket:cluster.nodeGroups.general.max is 3",
        "    needs 9 or more, or lower maxReplicas:",
        "      shop: (8 maxReplicas + 2 in a rollout) x 0.7 CPU, 1 GiB = 7 CPU, 10 GiB",
        "      add-ons: 15 pods, 0.85 CPU, 1.84 GiB",
        "      every node: 5 pods, 0.48 CPU, 0.27 GiB",
        "      which leaves of t4g.large/m6g.large/m7g.large: 105 pods, 1.45 CPU, 5.6 GiB",
    ]
    run("dev", busy(8, max=9), config.load)


def test_without_an_autoscaler_the_desired_size_counts() -> None:
    settings = busy(8, desired=3, max=9)
    settings["openmarket:addons"]["clusterAutoscaler"]["enabled"] = False
    text = refusal(settings)
    assert "openmarket:cluster.nodeGroups.general.desired is 3" in text
    assert "needs 9 or more, as no autoscaler is on to add nodes, or lower maxReplicas:" in text
    settings["openmarket:cluster"]["nodeGroups"]["general"]["desired"] = 9
    run("dev", settings, config.load)


def test_the_number_that_the_refusal_asks_for_is_the_first_that_is_enough() -> None:
    asked = int(refusal(busy(30, max=2)).split("needs ")[1].split(" or more")[0])
    run("dev", busy(30, max=asked), config.load)
    assert "needs" in refusal(busy(30, max=asked - 1))


def test_pods_that_fit_no_node_ask_for_larger_ones() -> None:
    settings = busy(2)
    settings["openmarket:services"]["shop"]["cpu"] = "1500m"
    assert "larger instance types" in refusal(settings)


def test_the_smallest_of_a_groups_types_counts() -> None:
    run("dev", busy(8, max=4, instanceTypes=["m7g.xlarge"]), config.load)
    assert "needs 9 or more" in refusal(busy(8, max=4, instanceTypes=["m7g.xlarge", "t4g.large"]))


def test_groups_that_keep_pods_away_do_not_count() -> None:
    taint = {"key": "dedicated", "value": "batch", "effect": "NoSchedule"}
    assert "a group without a taint" in refusal(with_group(taints=[taint]))
    run("dev", with_group(taints=[taint | {"effect": "PreferNoSchedule"}]), config.load)


def test_an_instance_type_that_aws_does_not_know_is_a_problem_of_its_key() -> None:
    text = refusal(with_group(instanceTypes=["t4g.gigantic"]))
    assert 'openmarket:cluster.nodeGroups.general.instanceTypes is ["t4g.gigantic"]' in text
    assert "instance types that EC2 has in the region" in text


def test_a_mistake_elsewhere_is_reported_alone() -> None:
    settings = busy(30, max=2)
    del settings["openmarket:services"]["shop"]["cpu"]
    assert "has 1 problem" in refusal(settings)


@given(DEMANDS, NODES)
def test_what_fits_takes_no_more_than_there_is(pods: list[Demand], nodes: list[Allocatable]) -> None:
    if fits(pods, nodes):
        assert sum(pod.cpu for pod in pods) <= sum(node.cpu for node in nodes)
        assert sum(pod.memory for pod in pods) <= sum(node.memory for node in nodes)
        assert len(pods) <= sum(node.pods for node in nodes)


@given(DEMANDS, NODES)
def test_a_node_for_every_pod_is_enough(pods: list[Demand], nodes: list[Allocatable]) -> None:
    everything = Allocatable(max([1, *(pod.cpu for pod in pods)]), max([1, *(pod.memory for pod in pods)]), 1)
    assert fits(pods, [*nodes, *[everything] * len(pods)])


@given(st.integers(1, 192), st.integers(1, 1024), st.integers(1, 15), st.integers(2, 50))
def test_reservations_leave_less_than_ec2_sells(vcpus: int, gib: int, interfaces: int, addresses: int) -> None:
    left = allocatable(InstanceType("any", vcpus, gib * 1024, interfaces, addresses))
    assert 0 < left.cpu < vcpus * 1000
    assert left.memory < gib * 1024
    assert 2 < left.pods <= (250 if vcpus > 30 else 110)


@pytest.mark.parametrize(
    ("cpu", "memory", "expected"),
    [
        ("250m", "512Mi", (250, 512)),
        ("1", "2Gi", (1000, 2048)),
        ("0.125", "1Gi", (125, 1024)),
        ("1.5", "0Mi", (1500, 0)),
    ],
)
def test_quantities(cpu: str, memory: str, expected: tuple[int, int]) -> None:
    assert demand(Requests(cpu, memory)) == expected
