"""What may run has a node to run on, or the configuration is refused with the arithmetic."""

from copy import deepcopy
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import config
from components.base.allocatable import Allocatable, InstanceType, allocatable
from components.base.pods import Demand, Requests, demand, in_turn
from components.config.placement import fits, fits_in_groups
from tests.components.program import STACKS, run, stack_file

Settings = dict[str, Any]
LARGE = ["t4g.large", "m6g.large", "m7g.large"]
DEMANDS = st.lists(st.builds(Demand, st.integers(0, 2000), st.integers(0, 4000), st.integers(0, 4000)), max_size=40)
NODES = st.lists(
    st.builds(Allocatable, st.integers(1, 8000), st.integers(1, 16000), st.integers(1, 110), st.integers(1, 16000)),
    max_size=8,
)


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
        "      shop: (8 maxReplicas + 2 in a rollout) x 0.7 CPU, 1 GiB, 1 GiB of disk = 7 CPU, 10 GiB, 10 GiB of disk",
        "      add-ons: 15 pods, 0.85 CPU, 1.84 GiB",
        "      every node: 5 pods, 0.48 CPU, 0.27 GiB",
        "      which leaves of t4g.large/m6g.large/m7g.large: 105 pods, 1.45 CPU, 5.6 GiB, 25.86 GiB of disk",
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
    text = refusal(settings)
    assert "openmarket:cluster.nodeGroups.general.instanceTypes is t4g.large" in text
    assert "needs larger ones, as no number of these is enough" in text


def test_the_smallest_of_a_groups_types_counts() -> None:
    run("dev", busy(8, max=4, instanceTypes=["m7g.xlarge"]), config.load)
    assert "needs 9 or more" in refusal(busy(8, max=4, instanceTypes=["m7g.xlarge", "t4g.large"]))


def test_groups_that_keep_pods_away_do_not_count() -> None:
    taint = {"key": "dedicated", "value": "batch", "effect": "NoSchedule"}
    assert "a group without a taint" in refusal(with_group(taints=[taint]))
    run("dev", with_group(taints=[taint | {"effect": "PreferNoSchedule"}]), config.load)


def with_batch(stanza: Settings, **changes: Any) -> Settings:
    """A shop of its own group, and a worker that is bound to a second one, which is tainted."""
    settings = busy(2, max=3)
    taint = {"key": "dedicated", "value": "batch", "effect": "NoSchedule"}
    group = settings["openmarket:cluster"]["nodeGroups"]["general"]
    settings["openmarket:cluster"]["nodeGroups"]["batch"] = group | {"taints": [taint], "max": 3} | changes
    worker = {"kind": "worker", "replicas": 1, "maxReplicas": 8, "cpu": "1", "memory": "1Gi", "nodeGroup": "batch"}
    settings["openmarket:services"]["worker"] = worker | stanza
    return settings


def test_a_service_that_names_a_group_counts_there_alone() -> None:
    assert refusal(with_batch({})).splitlines()[1:] == [
        "  openmarket:cluster.nodeGroups.batch.max is 3",
        "    needs 10 or more, or lower maxReplicas:",
        "      worker: (8 maxReplicas + 2 in a rollout) x 1 CPU, 1 GiB, 1 GiB of disk = 10 CPU, 10 GiB, 10 GiB of disk",
        "      every node: 5 pods, 0.48 CPU, 0.27 GiB",
        "      which leaves of t4g.large/m6g.large/m7g.large: 105 pods, 1.45 CPU, 5.6 GiB, 25.86 GiB of disk",
    ]
    run("dev", with_batch({}, max=10), config.load)


def test_a_group_without_a_taint_has_room_for_others_beside_those_bound_to_it() -> None:
    # Ten are enough for what is bound to them; where others may come first, it takes one more.
    assert "needs 11 or more" in refusal(with_batch({}, taints=[], max=10))
    run("dev", with_batch({}, taints=[], max=11), config.load)
    # The shop and the add-ons fill three nodes of two groups: what is bound to one of those is too much.
    moved = with_batch({"nodeGroup": "general", "maxReplicas": 2}, min=0, desired=0, max=1)
    text = refusal(moved)
    assert "openmarket:cluster.nodeGroups.general.max is 3" in text
    assert "worker: (2 maxReplicas + 1 in a rollout)" in text
    assert "add-ons: 15 pods" in text


def test_a_group_that_is_not_there_is_refused_with_those_that_are() -> None:
    text = refusal(with_batch({"nodeGroup": "gpu"}))
    assert "openmarket:services.worker.nodeGroup is gpu\n    needs a node group out of general, batch, or empty" in text
    assert "worker.nodeGroup is G P U" in refusal(with_batch({"nodeGroup": "G P U"}))


def test_an_instance_type_that_aws_does_not_know_is_a_problem_of_its_key() -> None:
    text = refusal(with_group(instanceTypes=["t4g.gigantic"]))
    assert 'openmarket:cluster.nodeGroups.general.instanceTypes is ["t4g.gigantic"]' in text
    assert "instance types that EC2 has in the region" in text


def small(**changes: Any) -> Settings:
    """Services that request hardly anything but disk, on nodes with room for hundreds of them."""
    settings = with_group(instanceTypes=["m7g.4xlarge"], **changes)
    stanza = {"hosts": ["@"], "replicas": 2, "maxReplicas": 40, "cpu": "10m", "memory": "16Mi"}
    settings["openmarket:services"] = {"shop": stanza}
    return settings


def test_many_small_pods_need_disk_too() -> None:
    # Of 30 GiB, 25 are for pods: 40 and 10 in a rollout need two nodes.
    run("dev", small(min=1, desired=2, max=2, diskGib=30), config.load)
    assert "openmarket:cluster.nodeGroups.general.max is 1\n    needs 2 or more" in refusal(
        small(min=1, desired=1, max=1, diskGib=30)
    )
    run("dev", small(min=1, desired=1, max=1, diskGib=80), config.load)


def test_a_pod_that_no_node_has_the_disk_for() -> None:
    settings = small(min=1, desired=2, max=9, diskGib=30)
    settings["openmarket:services"]["shop"]["disk"] = "40Gi"
    text = refusal(settings)
    assert "openmarket:cluster.nodeGroups.general.diskGib is 30\n    needs 46 or more, or a lower disk" in text
    settings["openmarket:cluster"]["nodeGroups"]["general"] |= {"diskGib": 46, "max": 60}
    run("dev", settings, config.load)


def test_a_mistake_elsewhere_is_reported_alone() -> None:
    settings = busy(30, max=2)
    del settings["openmarket:services"]["shop"]["cpu"]
    assert "has 1 problem" in refusal(settings)


@given(DEMANDS, NODES)
def test_what_fits_takes_no_more_than_there_is(pods: list[Demand], nodes: list[Allocatable]) -> None:
    if fits(pods, nodes):
        assert sum(pod.cpu for pod in pods) <= sum(node.cpu for node in nodes)
        assert sum(pod.memory for pod in pods) <= sum(node.memory for node in nodes)
        assert sum(pod.disk for pod in pods) <= sum(node.disk for node in nodes)
        assert len(pods) <= sum(node.pods for node in nodes)


@given(DEMANDS, NODES)
def test_a_node_for_every_pod_is_enough(pods: list[Demand], nodes: list[Allocatable]) -> None:
    cpu, memory, disk = Demand.largest([*pods, Demand(1, 1, 1)])
    everything = Allocatable(cpu, memory, 1, disk)
    assert fits(pods, [*nodes, *[everything] * len(pods)])


@given(DEMANDS, DEMANDS, NODES, NODES)
def test_what_fits_in_groups_fits_without_the_bond_and_each_group_holds_what_is_bound_to_it(
    pods: list[Demand], bound: list[Demand], own: list[Allocatable], others: list[Allocatable]
) -> None:
    groups = {"own": own, "others": others}
    if fits_in_groups(pods, {"own": bound}, groups):
        assert fits(bound, own)
        assert sum(pod.cpu for pod in [*pods, *bound]) <= sum(node.cpu for node in [*own, *others])
        assert len(pods) + len(bound) <= sum(node.pods for node in [*own, *others])
    assert fits_in_groups(pods, {}, groups) is fits(pods, [*own, *others])


@given(st.integers(1, 192), st.integers(1, 1024), st.integers(1, 15), st.integers(2, 50), st.integers(20, 16384))
def test_reservations_leave_less_than_ec2_sells(
    vcpus: int, gib: int, interfaces: int, addresses: int, disk: int
) -> None:
    left = allocatable(InstanceType("any", vcpus, gib * 1024, interfaces, addresses), disk)
    assert 0.8 * disk < left.disk / 1024 < 0.9 * disk
    assert 0 < left.cpu < vcpus * 1000
    assert left.memory < gib * 1024
    assert 2 < left.pods <= (250 if vcpus > 30 else 110)


@pytest.mark.parametrize(
    ("cpu", "memory", "expected"),
    [
        ("250m", "512Mi", (250, 512, 0)),
        ("1", "2Gi", (1000, 2048, 0)),
        ("0.125", "1Gi", (125, 1024, 0)),
        ("1.5", "0Mi", (1500, 0, 0)),
    ],
)
def test_quantities(cpu: str, memory: str, expected: tuple[int, int, int]) -> None:
    assert demand(Requests(cpu, memory)) == expected


def test_a_pod_has_the_disk_of_its_containers_together_or_of_the_largest_before_them() -> None:
    small, large = Requests("1", "1Gi", "1Gi"), Requests("1", "1Gi", "5Gi")
    assert (demand(small, large).disk, in_turn(small, large).disk) == (6 * 1024, 5 * 1024)


def test_the_disk_that_a_node_of_eks_offered() -> None:
    """A volume of 20 GiB left 18,242,267,924 bytes: https://github.com/awslabs/amazon-eks-ami/pull/1126."""
    left = allocatable(InstanceType("any", 2, 8192, 3, 10), 20)
    assert 0.99 * 18_242_267_924 < left.disk * 2**20 <= 18_242_267_924
