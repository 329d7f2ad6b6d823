"""What may happen to a resource, as data: `wording` says it in Markdown."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias


@dataclass(frozen=True)
class Downtime:
    """How long something is away.

    Attributes:
        away: What is away; empty where `time` says it all.
        time: How long; empty where that is not known.
        in_window: Whether it waits for the maintenance window.
    """

    away: str = ""
    time: str = ""
    in_window: bool = False


class How(Enum):
    """How a resource goes."""

    REPLACED = auto()
    DELETED = auto()


class Kept(Enum):
    """What survives a resource that holds data, by its own settings."""

    NOTHING = auto()
    NO_SNAPSHOT = auto()
    """A database that is set to leave none."""
    SNAPSHOT = auto()
    SNAPSHOT_TO_RESTORE = auto()
    """A snapshot from which somebody has to make another database by hand."""
    OBJECTS = auto()
    """All of it: AWS deletes no bucket with objects in it."""
    KEY_FOR_DAYS = auto()
    SECRET_FOR_DAYS = auto()


@dataclass(frozen=True)
class Loss:
    """The data that goes with a resource, and what is kept of it; `stays`: the old resource stays where it is."""

    what: str
    kept: Kept = Kept.NOTHING
    stays: bool = False


@dataclass(frozen=True)
class Gone:
    """The resource goes, because of the properties in `because` (none: of what caused it), with the data in `loss`."""

    how: How
    because: tuple[str, ...] = ()
    loss: Loss | None = None


@dataclass(frozen=True)
class LeftBehind:
    """The resource leaves the stack and stays in the account."""


@dataclass(frozen=True)
class Restarted:
    """An update in place restarts something: `what` is the sentence of the table that knows it."""

    what: str


@dataclass(frozen=True)
class Changed:
    """A property has another value. Both are as a reader sees them."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class AttributeTaken:
    """An attribute of an Ingress that protects its load balancer is taken away."""

    attribute: str


@dataclass(frozen=True)
class EngineMayDelete:
    """The resource is no longer one that the engine refuses to delete."""


@dataclass(frozen=True)
class CannotFollow:
    """A store stays in the network that is replaced: `what` is the sentence of the table that knows it."""

    what: str


@dataclass(frozen=True)
class NobodyKnows:
    """Nothing here knows what it means that these properties change."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class FirstOfItsType:
    """The stack has none of the type yet."""


Fact: TypeAlias = (
    Gone
    | LeftBehind
    | Restarted
    | Changed
    | AttributeTaken
    | EngineMayDelete
    | CannotFollow
    | NobodyKnows
    | FirstOfItsType
)
