"""Node capacity is the instance type's, less what EKS reserves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.aws import instance_types
from emulator.kubernetes import capacity

instances = st.sampled_from(sorted(instance_types.TYPES)).map(instance_types.lookup)


@pytest.mark.parametrize(
    ("vcpu", "millicores"),
    # From EKS's published formula: 60 for the first core, 10 for the second, 5 each for two more, 2.5 beyond.
    [(1, 60), (2, 70), (4, 80), (8, 90), (16, 110)],
)
def test_reserved_cpu(vcpu: int, millicores: int) -> None:
    assert capacity.reserved_cpu(vcpu) == millicores


@pytest.mark.parametrize(
    ("name", "pods"),
    # AWS's eni-max-pods.txt.
    [("t3.medium", 17), ("t4g.large", 35), ("m5.large", 29), ("m5.xlarge", 58), ("c5.xlarge", 58), ("m7g.medium", 8)],
)
def test_pods_without_prefixes(name: str, pods: int) -> None:
    assert capacity.max_pods(instance_types.lookup(name), prefix_delegation=False) == pods


def test_prefixes_lift_small_nodes_to_the_limit() -> None:
    assert capacity.max_pods(instance_types.lookup("t3.medium"), prefix_delegation=True) == 110
    assert capacity.max_pods(instance_types.lookup("m5.16xlarge"), prefix_delegation=True) == 250


@given(instances, st.booleans(), st.integers(20, 16384))
def test_reservations_leave_something_and_take_something(
    instance: instance_types.InstanceType, prefix_delegation: bool, disk_gib: int
) -> None:
    node = capacity.of(instance, prefix_delegation, disk_gib)
    assert 0 < node.allocatable_disk < node.disk < disk_gib * 1024
    assert 0 < node.allocatable_cpu < node.cpu == instance.vcpu * 1000
    assert node.allocatable_memory < node.memory <= instance.memory * 1024
    assert node.pods <= (250 if instance.vcpu > 30 else 110)


@given(instances)
def test_prefixes_never_mean_fewer_pods(instance: instance_types.InstanceType) -> None:
    assert capacity.max_pods(instance, True) >= capacity.max_pods(instance, False)


def test_architecture_follows_the_family() -> None:
    for name, instance in instance_types.TYPES.items():
        assert instance.architecture == ("arm64" if "g" in name.split(".")[0][1:] else "amd64")


def test_unknown_type_names_itself() -> None:
    with pytest.raises(instance_types.UnknownInstanceType, match=r"p5\.48xlarge"):
        instance_types.lookup("p5.48xlarge")
