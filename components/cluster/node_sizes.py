"""The number of nodes of a group, and who decides on it."""

from __future__ import annotations

from dataclasses import dataclass

from components.config import Capacity, NodeGroupConfig
from components.config.existing import ExistingCluster


@dataclass(frozen=True)
class NodeSizes:
    """The sizes of a node group."""

    min: int
    desired: int
    max: int
    remembered: bool
    """True if the desired size is an autoscaler's: a difference from `desired` is no change."""

    @classmethod
    def of(
        cls, name: str, group: NodeGroupConfig, zones: int, autoscaled: bool, existing: ExistingCluster | None
    ) -> NodeSizes:
        """The sizes that the program asks for.

        The provider sends the desired size along with every change of `min` or `max`, and creates a group's replacement
        with it. Where it is an autoscaler's, that has to be the number of nodes that there are by now, or such a change
        would take away what the autoscaler added. In all other runs it is ignored, as it would never be the same.

        Args:
            name: The group's name in the stack file.
            group: Its settings.
            zones: The number of its zones.
            autoscaled: Whether an autoscaler decides on the number of nodes, between `min` and `max`.
            existing: The cluster that is there, or None.
        """
        if not autoscaled:
            # Switching the autoscaler off changes the minimum, and so brings back nodes that it took away.
            return cls(group.desired, group.desired, group.max, remembered=False)
        spot = group.capacity is Capacity.SPOT
        if existing is None or not existing.changes(
            name, least=group.min, most=group.max, instance_types=group.instance_types, spot=spot, zones=zones
        ):
            return cls(group.min, group.desired, group.max, remembered=True)
        return cls(group.min, min(max(group.min, existing.nodes(name)), group.max), group.max, remembered=False)
