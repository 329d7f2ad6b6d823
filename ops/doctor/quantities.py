"""Reads Kubernetes' quantities, and adds up what pods request."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_UNITS = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
"""https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"""


def number(quantity: Any) -> float:
    """Return the number that a quantity such as `250m` or `512Mi` means; 0 for none.

    Raises:
        ValueError: It is no quantity.
    """
    text = str(quantity or "0")
    digits = text.rstrip("numkKMGTPEi")
    return float(digits) * _UNITS[text[len(digits) :]]


class Amount(NamedTuple):
    """An amount of CPU in millicores, of memory in MiB, of pods, and of a node's disk in MiB."""

    cpu: int
    memory: int
    pods: int = 0
    disk: int = 0

    def minus(self, other: "Amount") -> "Amount":
        """Return what is left of it."""
        return Amount(*(own - its for own, its in zip(self, other, strict=True)))

    def holds(self, other: "Amount") -> bool:
        """Return whether the other one fits into it."""
        return all(own >= its for own, its in zip(self, other, strict=True))

    def __str__(self) -> str:
        return f"{self.cpu / 1000:g} CPU and {self.memory:,} MiB"


def allocatable(node: Mapping[str, Any]) -> Amount:
    """Return what a node has for pods."""
    found = node.get("status", {}).get("allocatable", {})
    return _amount(found, int(number(found.get("pods"))))


def requested(pod: Mapping[str, Any]) -> Amount:
    """Return what the scheduler keeps free for a pod: its containers together, or one that runs before them alone.

    Sidecars, which are init containers that go on, count with both
    (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/).
    """
    spec = pod["spec"]
    sidecars = Amount(0, 0)
    first = Amount(0, 0)
    for each in spec.get("initContainers", []):
        own = _of_container(each)
        if each.get("restartPolicy") == "Always":
            sidecars = total((sidecars, own))
        first = Amount(*map(max, zip(first, total((sidecars, own)), strict=True)))
    running = total([sidecars, *(_of_container(each) for each in spec.get("containers", []))])
    return Amount(*map(max, zip(running, first, strict=True)))._replace(pods=1)


def total(amounts: Iterable[Amount]) -> Amount:
    """Return the sum."""
    return Amount(*map(sum, zip(Amount(0, 0), *amounts, strict=True)))


def _of_container(container: Mapping[str, Any]) -> Amount:
    return _amount(container.get("resources", {}).get("requests", {}))


def _amount(quantities: Mapping[str, Any], pods: int = 0) -> Amount:
    cpu, memory, disk = (number(quantities.get(name)) for name in ("cpu", "memory", "ephemeral-storage"))
    return Amount(round(cpu * 1000), round(memory / 2**20), pods, round(disk / 2**20))
