"""Node objects look like those of EKS."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.aws import instance_types
from emulator.contract import NodeCreationFailure, NodeGroup
from emulator.kubernetes.nodes import (
    GROUP_LABEL,
    ZONE_LABEL,
    free_name,
    node,
    surplus,
)

ZONE = "ap-northeast-2c"
GROUP = NodeGroup(
    id="c:workers",
    cluster="c",
    name="workers",
    instance=instance_types.lookup("m7g.large"),
    capacity_type="ON_DEMAND",
    zones=("ap-northeast-2a", ZONE),
    networks=("10.20.0.0/28", "10.20.0.16/28"),
    desired=3,
    smallest=1,
    largest=3,
    labels={"team": "shop", "kubernetes.io/arch": "made up"},
    taints=({"key": "dedicated", "value": "x", "effect": "NO_SCHEDULE"},),
)


def made(prefix_delegation: bool = False) -> dict[str, Any]:
    return node(GROUP, "ip-10-20-0-20", ZONE, prefix_delegation, "1.36")


def test_labels_describe_the_instance() -> None:
    labels = made()["metadata"]["labels"]
    assert labels["kubernetes.io/arch"] == "arm64"
    assert labels["node.kubernetes.io/instance-type"] == "m7g.large"
    assert labels[ZONE_LABEL] == ZONE
    assert labels[GROUP_LABEL] == "workers"
    assert labels["team"] == "shop"


def test_taints_and_capacity() -> None:
    live = made(prefix_delegation=True)
    assert live["spec"]["taints"] == [{"key": "dedicated", "value": "x", "effect": "NoSchedule"}]
    assert live["spec"]["providerID"].startswith(f"aws:///{ZONE}/i-0")
    assert live["status"]["capacity"]["cpu"] == "2000m"
    assert live["status"]["allocatable"]["pods"] == "110"


@pytest.mark.parametrize(
    ("zone", "domain"), [(ZONE, "ap-northeast-2.compute.internal"), ("us-east-1a", "ec2.internal")]
)
def test_names_end_as_their_region_has_it(zone: str, domain: str) -> None:
    group = replace(GROUP, zones=(zone,), networks=("10.20.0.0/28",))
    assert free_name(group, zone, set()).partition(".")[2] == domain


def test_addresses_come_from_the_subnet_until_it_is_full() -> None:
    taken: set[str] = set()
    for _ in range(11):  # 16 addresses, of which AWS keeps 5.
        taken.add(free_name(GROUP, ZONE, taken))
    assert len(taken) == 11
    for name in taken:
        address = name.removeprefix("ip-").removesuffix(".ap-northeast-2.compute.internal").replace("-", ".")
        assert 20 <= int(address.removeprefix("10.20.0.")) <= 30
    with pytest.raises(NodeCreationFailure, match=r"10\.20\.0\.16/28"):
        free_name(GROUP, ZONE, taken)


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(0, 12))
def test_a_shrinking_group_stays_spread(zones: list[str], desired: int) -> None:
    existing: list[Any] = [
        {"metadata": {"name": str(index), "creationTimestamp": f"{index:02}", "labels": {ZONE_LABEL: zone}}}
        for index, zone in enumerate(zones)
    ]
    leaving = surplus(existing, desired)
    assert len(leaving) == max(0, len(zones) - desired)
    staying = [each["metadata"]["labels"][ZONE_LABEL] for each in existing if each not in leaving]
    counts = [staying.count(zone) for zone in set(zones)]
    left_zones = {each["metadata"]["labels"][ZONE_LABEL] for each in leaving}
    # Whatever zone lost a node still has no fewer than the largest, less one.
    assert all(staying.count(zone) >= max(counts) - 1 for zone in left_zones)
