"""Measures how time and memory grow with the number of services."""

import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from bench.commands import created
from bench.trial import PROJECT, trial

SERVICES = (2, 8, 32, 128)
_STACK = "Pulumi.dev.yaml"
_SMALL: dict[str, Any] = {
    "replicas": 2, "maxReplicas": 2, "cpu": "50m", "memory": "64Mi", "calls": [], "writable": [], "environment": {},
}  # fmt: skip
"""What differs from the web service whose stanza is copied."""


@dataclass(frozen=True)
class Size:
    """A preview of the stack with so many services."""

    services: int
    resources: int
    seconds: float
    cpu: float
    peak: float


def sizes() -> list[Size]:
    """Preview the stack dev from nothing with each number of services."""
    return [_size(count) for count in SERVICES]


def bend(found: Sequence[Size]) -> float:
    """Return how many times the CPU of one more resource among the smaller stacks it takes among the largest.

    The smallest stack is left out: its difference from the next is too small to measure.
    """
    first, last = ((b.cpu - a.cpu) / (b.resources - a.resources) for a, b in pairwise(found[-3:]))
    return last / first


def _size(count: int) -> Size:
    with project(count) as folder, trial(folder) as account:
        seen = account.run("pulumi", "preview", "--stack", "dev", "--non-interactive")
        return Size(count, created(seen.output), seen.seconds, seen.cpu, seen.peak)


@contextmanager
def project(services: int) -> Generator[Path]:
    """The program with a stack file that has so many services: the two that are there, and small ones beside them."""
    with tempfile.TemporaryDirectory(prefix="openmarket-bench-") as folder:
        copy = Path(folder)
        for entry in PROJECT.iterdir():
            if entry.name not in (_STACK, ".emulator"):
                (copy / entry.name).symlink_to(entry)
        content = yaml.safe_load((PROJECT / _STACK).read_text())
        (copy / _STACK).write_text(yaml.safe_dump(_with(content, services), sort_keys=False))
        yield copy


def _with(content: dict[str, Any], services: int) -> dict[str, Any]:
    stanzas = content["config"]["openmarket:services"]
    small = {**stanzas["frontend-web"], **_SMALL}
    for number in range(services - len(stanzas)):
        stanzas[f"small-{number}"] = small | {"hosts": [f"small{number}"]}
    content["config"]["openmarket:cluster"]["nodeGroups"]["general"]["max"] = 40
    return content
