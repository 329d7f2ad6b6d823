"""Computes when each resource of an operation begins and ends, and which chain of resources decides the total."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from analysis.preview import State

Needs = Mapping[str, Collection[str]]
"""By URN, the URNs of the resources that the engine waits for before it works on this one."""


@dataclass(frozen=True)
class Timeline:
    """The beginning and the end of every resource, in seconds since the operation began."""

    begun: Mapping[str, float]
    ended: Mapping[str, float]
    needs: Needs

    @property
    def total(self) -> float:
        """Seconds until everything has ended."""
        return max(self.ended.values(), default=0)

    def path(self, urn: str = "") -> list[str]:
        """Return the critical path: the chain of URNs, first to last, each of which ended last of what the next needs.

        It leads to the resource `urn`, or to the one that ends last.
        """
        if not self.ended:
            return []
        found = [urn or max(self.ended, key=self.ended.__getitem__)]
        while before := [each for each in self.needs.get(found[-1], ()) if each in self.ended]:
            found.append(max(before, key=lambda each: (self.ended[each], self.begun[each])))
        return found[::-1]


def earliest(needs: Needs, seconds: Mapping[str, float]) -> Timeline:
    """Return the timeline of an operation in which nothing waits for anything but what it needs.

    A resource that `seconds` does not name takes no time.

    Raises:
        graphlib.CycleError: Resources need each other.
    """
    begun: dict[str, float] = {}
    ended: dict[str, float] = {}
    for urn in TopologicalSorter(needs).static_order():
        begun[urn] = max((ended[each] for each in needs.get(urn, ())), default=0.0)
        ended[urn] = begun[urn] + seconds.get(urn, 0)
    return Timeline(begun, ended, needs)


def savings(needs: Needs, seconds: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return, for each URN of the critical path, the seconds by which the total falls if it takes no time at all.

    The largest saving is first. It is smaller than the resource's duration where another chain is nearly as long.
    """
    whole = earliest(needs, seconds)
    found = [
        (urn, whole.total - earliest(needs, {**seconds, urn: 0}).total) for urn in whole.path() if seconds.get(urn, 0)
    ]
    return sorted(found, key=lambda each: -each[1])


def needs_of(states: Iterable[State]) -> dict[str, set[str]]:
    """Return what each resource needs before it is created: explicit dependencies, inputs, its provider, its parent.

    What needs a component needs all that is in it, because a provider's component is one resource to the others.
    """
    listed = list(states)
    inside = _descendants(listed)
    found: dict[str, set[str]] = {}
    for state in listed:
        named = {*state.dependencies, *(urn for urns in state.property_dependencies.values() for urn in urns)}
        whole = {each for urn in named for each in (urn, *inside.get(urn, ()))}
        found[state.urn] = (whole | {state.provider.rpartition("::")[0], state.parent}) & inside.keys() - {state.urn}
    return found


def _descendants(states: Collection[State]) -> dict[str, set[str]]:
    """Return the URNs below each resource."""
    parents = {state.urn: state.parent for state in states}
    found: dict[str, set[str]] = {urn: set() for urn in parents}
    for urn in parents:
        above = parents[urn]
        while above in parents:
            found[above].add(urn)
            above = parents[above]
    return found


def reverse(needs: Needs) -> dict[str, set[str]]:
    """Return the needs of the deletion: each resource is deleted after all that need it."""
    found: dict[str, set[str]] = {urn: set() for urn in needs}
    for urn, needed in needs.items():
        for each in needed:
            found[each].add(urn)
    return found
