"""Requests of pods, in the units of the scheduler."""

from typing import NamedTuple

_MEMORY = {"Ki": 2**-10, "Mi": 1, "Gi": 2**10}


class Requests(NamedTuple):
    """Requested CPU and memory of a container, as Kubernetes writes them."""

    cpu: str
    memory: str


class Demand(NamedTuple):
    """Millicores and MiB that one pod requests of a node."""

    cpu: int
    memory: int


def demand(*containers: Requests) -> Demand:
    """The demand of a pod whose containers run at the same time."""
    return Demand(sum(millicores(each.cpu) for each in containers), sum(mebibytes(each.memory) for each in containers))


def in_turn(*containers: Requests) -> Demand:
    """The demand of a pod whose containers run one after another: of each resource, the largest request."""
    each = [demand(container) for container in containers]
    return Demand(max(pod.cpu for pod in each), max(pod.memory for pod in each))


def millicores(cpu: str) -> int:
    """Millicores of a quantity such as `250m` or `1.5`, rounded up."""
    thousandths = float(cpu.removesuffix("m")) * (1 if cpu.endswith("m") else 1000)
    return -int(-thousandths // 1)


def mebibytes(memory: str) -> int:
    """MiB of a quantity such as `512Mi` or `1Gi`, rounded up; 0 for `0`."""
    return -int(-float(memory[:-2] or 0) * _MEMORY.get(memory[-2:], 0) // 1)
