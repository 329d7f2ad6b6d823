"""What a rule is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from policies.resources import Resource, Stack


class Level(Enum):
    """Where a violation stops a deployment; `levels.py` turns it into the engine's level for a stack."""

    ALWAYS = "everywhere"
    ADVISED = "in production, a warning elsewhere"
    PRODUCTION = "in production only"


@dataclass(frozen=True)
class Violation:
    """What is wrong, what would be right, and (stack rules) with which resource."""

    wrong: str
    right: str
    resource: Resource | None = None

    def __str__(self) -> str:
        return f"{self.wrong}. Right: {self.right}."


@dataclass(frozen=True)
class Rule:
    """A rule about single resources, checked before each is created or changed.

    Attributes:
        id: Its name in messages and in `exceptions.yaml`.
        title: What has to hold.
        controls: The published controls that it implements, fully or in part: AWS Foundational Security Best Practices
            by Security Hub's ids, CIS Amazon EKS Benchmark 1.5.0 by its sections.
        level: Where a violation stops a deployment.
        types: Types that it looks at.
        check: Yields the violations of one such resource.
    """

    id: str
    title: str
    controls: tuple[str, ...]
    level: Level
    types: tuple[str, ...]
    check: Callable[[Resource], Iterator[Violation]]


@dataclass(frozen=True)
class StackRule:
    """A rule about resources together, checked after all of them: at the end of a preview, or of an update.

    Attributes:
        check: Yields the violations of a stack, each with its resource. It is called for one of `types` at a time.
    """

    id: str
    title: str
    controls: tuple[str, ...]
    level: Level
    types: tuple[str, ...]
    check: Callable[[Resource, Stack], Iterator[Violation]]
