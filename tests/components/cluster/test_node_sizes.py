"""What the program asks for as a node group's sizes."""

from typing import Any

import pytest

from components.cluster.node_sizes import NodeSizes
from components.config import Keys, NodeGroupConfig
from components.config.existing import ExistingCluster, ExistingNodeGroup
from tests.components.program import stack_file

TYPES = frozenset({"t4g.large", "m7g.large"})
THERE = ExistingNodeGroup(min=1, desired=5, max=12, instance_types=TYPES, spot=True, zones=2)


def group(**changes: Any) -> NodeGroupConfig:
    settings = stack_file("dev")["openmarket:cluster"]["nodeGroups"]["general"]
    return NodeGroupConfig.model_validate({**settings, "instanceTypes": sorted(TYPES), "max": 12, **changes})


def sizes(wanted: NodeGroupConfig, *there: ExistingNodeGroup, zones: int = 2, autoscaled: bool = True) -> NodeSizes:
    existing = ExistingCluster(("a", "c"), ("a", "c"), Keys.PER_STACK, {"general": there})
    return NodeSizes.of("general", wanted, zones, autoscaled, existing)


def test_a_new_group_has_its_desired_size() -> None:
    new = NodeSizes(1, 2, 12, remembered=True)
    assert NodeSizes.of("general", group(), 2, autoscaled=True, existing=None) == new
    assert sizes(group()) == new


def test_the_size_of_an_unchanged_group_is_the_autoscalers() -> None:
    assert sizes(group(), THERE) == NodeSizes(1, 2, 12, remembered=True)
    assert sizes(group(desired=4), THERE).remembered


@pytest.mark.parametrize(
    ("change", "zones", "desired"),
    [
        ({"max": 13}, 2, 5),
        ({"min": 3, "desired": 3}, 2, 5),
        ({"min": 7, "desired": 7}, 2, 7),
        ({"max": 5}, 2, 5),
        ({"min": 0}, 2, 5),
        ({"instanceTypes": ["m7g.xlarge"]}, 2, 5),
        ({"capacity": "onDemand"}, 2, 5),
        ({}, 3, 5),
    ],
)
def test_a_change_keeps_the_nodes_that_there_are(change: dict[str, Any], zones: int, desired: int) -> None:
    """Of the bounds, which sends all sizes, or of what replaces the group."""
    wanted = group(**change)
    assert sizes(wanted, THERE, zones=zones) == NodeSizes(wanted.min, desired, wanted.max, remembered=False)


def test_a_group_that_is_being_replaced_counts_at_its_largest() -> None:
    smaller = ExistingNodeGroup(1, 2, 12, frozenset({"m7g.xlarge"}), spot=True, zones=2)
    assert sizes(group(), smaller, THERE).desired == 5


def test_without_an_autoscaler_a_group_has_its_desired_size() -> None:
    assert sizes(group(desired=3), THERE, autoscaled=False) == NodeSizes(3, 3, 12, remembered=False)
