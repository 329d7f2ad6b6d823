"""Whether pods find nodes, as the scheduler would place them at worst."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from components.base.allocatable import Allocatable
from components.base.pods import Demand

ANNOTATION = "openmarket/node-group"
"""The annotation of pods that are bound to a node group, with its name in the stack file. For people, and for those who
read a plan: the name that EKS knows is not known before the group is there."""

_NODES_AT_MOST = 450
"""Nodes of a managed node group at most (an EKS quota)."""


@dataclass
class _Node:
    size: Allocatable
    cpu: int
    memory: int
    pods: int
    disk: int

    @classmethod
    def empty(cls, size: Allocatable) -> "_Node":
        return cls(size, size.cpu, size.memory, size.pods, size.disk)

    def take(self, pod: Demand) -> None:
        self.cpu -= pod.cpu
        self.memory -= pod.memory
        self.pods -= 1
        self.disk -= pod.disk

    def can_take(self, pod: Demand) -> bool:
        return self.cpu >= pod.cpu and self.memory >= pod.memory and self.pods >= 1 and self.disk >= pod.disk

    @property
    def emptiness(self) -> float:
        return min(self.cpu / self.size.cpu, self.memory / self.size.memory)


def fits(pods: Sequence[Demand], nodes: Sequence[Allocatable]) -> bool:
    """True if each pod finds a node when the smallest come first and each takes the emptiest node.

    So the scheduler spreads pods, and so they leave the least room together: small ones everywhere, before large ones.
    """
    return _placed(pods, [_Node.empty(node) for node in nodes])


def fits_in_groups(
    pods: Sequence[Demand], bound: Mapping[str, Sequence[Demand]], groups: Mapping[str, Sequence[Allocatable]]
) -> bool:
    """True if the same goes for pods that run in any of the groups, and for those that are bound to one of them.

    Whichever come first: those that may run anywhere take room in a group from those that have no other.
    """

    def in_turn(bound_first: bool) -> bool:
        nodes = {name: [_Node.empty(node) for node in group] for name, group in groups.items()}
        anywhere = [node for group in nodes.values() for node in group]
        turns = [(pods, anywhere), *((bound[name], nodes.get(name, [])) for name in bound)]
        return all(_placed(*turn) for turn in (turns[1:] + turns[:1] if bound_first else turns))

    return in_turn(bound_first=True) and (not any(bound.values()) or in_turn(bound_first=False))


def nodes_needed(pods: Sequence[Demand], others: Sequence[Allocatable], node: Allocatable) -> int | None:
    """The least number of such nodes that hold the pods together with the other nodes; None if no number does."""
    return least(lambda count: fits(pods, [*others, *[node] * count]))


def least(enough: Callable[[int], bool]) -> int | None:
    """The least number of nodes of a group that is enough; None if none is."""
    if not enough(_NODES_AT_MOST):
        return None
    low, high = 0, _NODES_AT_MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _placed(pods: Sequence[Demand], nodes: Iterable[_Node]) -> bool:
    nodes = list(nodes)
    for pod in sorted(pods):
        candidates = [node for node in nodes if node.can_take(pod)]
        if not candidates:
            return False
        max(candidates, key=lambda node: node.emptiness).take(pod)
    return True
