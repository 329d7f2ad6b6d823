"""Projects the first deployment of a stack, or its deletion, with the durations that are known of AWS."""

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.preview import State
from analysis.timing import durations
from analysis.timing.timeline import Needs, Timeline, earliest, needs_of, reverse

_NODES = "aws:eks/nodeGroup:NodeGroup"


@dataclass(frozen=True)
class Projection:
    """What an operation needs and takes, and when each resource then begins and ends."""

    needs: Needs
    seconds: dict[str, float]

    @property
    def timeline(self) -> Timeline:
        """The timeline in which nothing waits for anything but what it needs."""
        return earliest(self.needs, self.seconds)


def deployment(states: Iterable[State]) -> Projection:
    """Project the creation of these resources. Pods wait for the first nodes, whatever the engine waits for."""
    listed = list(states)
    needs = needs_of(listed)
    nodes = [state.urn for state in listed if state.type == _NODES]
    for state in listed:
        if durations.waits_for_nodes(state):
            needs[state.urn] |= set(nodes)
    return Projection(needs, {state.urn: durations.creating(state) for state in listed})


def deletion(states: Iterable[State]) -> Projection:
    """Project the deletion of these resources."""
    listed = list(states)
    return Projection(reverse(needs_of(listed)), {state.urn: durations.deleting(state) for state in listed})
