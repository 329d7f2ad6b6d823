"""Requests of pods, in the units of the scheduler."""

from collections.abc import Iterable
from typing import NamedTuple

_MEMORY = {"Ki": 2**-10, "Mi": 1, "Gi": 2**10}


class Requests(NamedTuple):
    """Requested CPU, memory and disk of the node of a container, as Kubernetes writes them."""

    cpu: str
    memory: str
    disk: str = "0Mi"


class Demand(NamedTuple):
    """Millicores, MiB of memory and MiB of the node's disk that one pod requests of a node."""

    cpu: int
    memory: int
    disk: int = 0

    @classmethod
    def sum(cls, pods: Iterable["Demand"]) -> "Demand":
        """What they request together."""
        return cls(*map(sum, zip(cls(0, 0), *pods, strict=True)))

    @classmethod
    def largest(cls, pods: Iterable["Demand"]) -> "Demand":
        """Of each resource, the largest request."""
        return cls(*map(max, zip(cls(0, 0), *pods, strict=True)))


def demand(*containers: Requests) -> Demand:
    """The demand of a pod whose containers run at the same time."""
    return Demand.sum(Demand(millicores(each.cpu), mebibytes(each.memory), mebibytes(each.disk)) for each in containers)


def in_turn(*containers: Requests) -> Demand:
    """The demand of a pod whose containers run one after another: of each resource, the largest request."""
    return Demand.largest(demand(container) for container in containers)


def millicores(cpu: str) -> int:
    """Millicores of a quantity such as `250m` or `1.5`, rounded up."""
    thousandths = float(cpu.removesuffix("m")) * (1 if cpu.endswith("m") else 1000)
    return -int(-thousandths // 1)


def mebibytes(memory: str) -> int:
    """MiB of a quantity such as `512Mi` or `1Gi`, rounded up; 0 for `0`."""
    return -int(-float(memory[:-2] or 0) * _MEMORY.get(memory[-2:], 0) // 1)
