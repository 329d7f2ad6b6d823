"""Computes with Kubernetes quantities."""

from collections.abc import Iterable, Mapping
from typing import Any

from emulator.kubernetes.api import Object

_SUFFIXES = {
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9,
    "T": 1e12,
}  # fmt: skip


def number(quantity: Any) -> float:
    """Convert a quantity such as `250m` or `1Gi` to cores or bytes.

    Raises:
        ValueError: The text is not a quantity.
    """
    text = str(quantity)
    for suffix, factor in _SUFFIXES.items():
        if text.endswith(suffix):
            return float(text.removesuffix(suffix)) * factor
    return float(text)


def requests(pod: Object) -> dict[str, float]:
    """Return what the scheduler reserves for a pod: all containers or the largest init container, and one pod."""
    found = {"cpu": 0.0, "memory": 0.0}
    for name in found:
        largest = max((_request(each, name) for each in pod["spec"].get("initContainers", [])), default=0.0)
        found[name] = max(sum(_request(each, name) for each in pod["spec"]["containers"]), largest)
    return {**found, "pods": 1.0}


def total(several: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the sums by resource."""
    sums: dict[str, float] = {}
    for each in several:
        for name, amount in each.items():
            sums[name] = sums.get(name, 0.0) + amount
    return sums


def _request(container: Object, name: str) -> float:
    return number(container.get("resources", {}).get("requests", {}).get(name, 0))
