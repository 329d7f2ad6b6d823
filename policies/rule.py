"""Defines rules and violations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from policies.resources import Resource, Stack


class Level(Enum):
    """Says in which stacks a violation stops a deployment; `levels.py` maps it to the engine's enforcement level."""

    ALWAYS = "everywhere"
    ADVISED = "in production, a warning elsewhere"
    PRODUCTION = "in production only"


@dataclass(frozen=True)
class Violation:
    """A violation of a rule: what is wrong, what would be right, and for stack rules the resource."""

    wrong: str
    right: str
    resource: Resource | None = None

    def __str__(self) -> str:
        return f"{self.wrong}. Right: {self.right}."


@dataclass(frozen=True)
class Rule:
    """A rule about single resources, checked before each one is created or changed.

    Attributes:
        id: Name of the rule in messages and in `exceptions.yaml`.
        title: The requirement, as a sentence without a full stop.
        controls: Published controls that the rule implements, fully or in part: AWS Foundational Security Best
            Practices by Security Hub's ids, CIS Amazon EKS Benchmark 1.5.0 by section; empty if there are none.
        level: In which stacks a violation stops a deployment.
        types: Resource types that the rule applies to.
        check: Yields the violations of one resource.
    """

    id: str
    title: str
    controls: tuple[str, ...]
    level: Level
    types: tuple[str, ...]
    check: Callable[[Resource], Iterator[Violation]]


@dataclass(frozen=True)
class StackRule:
    """A rule about several resources, checked when all are known: at the end of a preview or of an update.

    The attributes are those of `Rule`, except for:

    Attributes:
        check: Yields the violations of one resource in its stack. It is called for each resource of `types`.
    """

    id: str
    title: str
    controls: tuple[str, ...]
    level: Level
    types: tuple[str, ...]
    check: Callable[[Resource, Stack], Iterator[Violation]]
