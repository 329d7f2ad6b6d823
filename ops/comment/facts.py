"""The facts that a finding can state about a resource, as data; `wording` renders them as Markdown."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from ops.comment.size_facts import GroupLimits, NodesNeeded, Resized, Scaled, Upgraded


@dataclass(frozen=True)
class Downtime:
    """Describes a downtime.

    Attributes:
        unavailable: What is unavailable; empty if `time` says it.
        time: Duration as text; empty if it is unknown.
        when: When AWS makes the change; None if it is part of the update, as with all but data stores.
    """

    unavailable: str = ""
    time: str = ""
    when: "When | None" = None


@dataclass(frozen=True)
class When:
    """When AWS makes a change that could wait: at once, or in the maintenance window.

    Attributes:
        waits: True if it waits for the window.
        window: The window as AWS writes it, in UTC, such as `sun:18:30-sun:19:30`; empty if it is not known.
    """

    waits: bool
    window: str = ""


class Removal(Enum):
    """The ways in which a resource is removed."""

    REPLACED = auto()
    DELETED = auto()


class Kept(Enum):
    """The remains of a removed resource's data, by the resource's own settings."""

    NOTHING = auto()
    NO_SNAPSHOT = auto()
    """Nothing, because a database is set to skip the final snapshot."""
    SNAPSHOT = auto()
    SNAPSHOT_TO_RESTORE = auto()
    """A final snapshot that has to be restored manually."""
    OBJECTS = auto()
    """Everything, because AWS does not delete a bucket that contains objects."""
    KEY_FOR_DAYS = auto()
    SECRET_FOR_DAYS = auto()


@dataclass(frozen=True)
class Loss:
    """Describes the data that is lost with a resource.

    Attributes:
        what: The data, as text.
        kept: What remains of it.
        retained: True if the old resource is kept in the account with its data.
    """

    what: str
    kept: Kept = Kept.NOTHING
    retained: bool = False


@dataclass(frozen=True)
class Removed:
    """The resource is removed.

    Attributes:
        removal: Whether it is replaced or deleted.
        properties: Properties whose change forces the replacement; empty if another resource causes it.
        loss: The data that is lost; None if the resource holds none.
    """

    removal: Removal
    properties: tuple[str, ...] = ()
    loss: Loss | None = None


@dataclass(frozen=True)
class LeftBehind:
    """The resource is removed from the stack and kept in the account."""


@dataclass(frozen=True)
class Restarted:
    """An update in place restarts something.

    Attributes:
        what: A sentence on what restarts.
        size: The sizes before and after, if it restarts with another one.
    """

    what: str
    size: Resized | None = None


@dataclass(frozen=True)
class Changed:
    """A property changes; both values are rendered as text."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class AttributeRemoved:
    """An attribute of an Ingress that protects its load balancer is removed."""

    attribute: str


@dataclass(frozen=True)
class MaintenanceSwitched:
    """The load balancer begins or ends to answer for hosts with the maintenance page."""

    on: bool
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Renamed:
    """A service comes under another name.

    Attributes:
        old: Its name before.
        new: Its name now.
        left: What does not come along, each a few words.
        variables: The variable by which its callers know its address, before and now; None if it has no callers.
    """

    old: str
    new: str
    left: tuple[str, ...]
    variables: tuple[str, str] | None


@dataclass(frozen=True)
class SchemaLeft:
    """No service uses a schema of the database any more, which keeps it."""

    schema: str


@dataclass(frozen=True)
class ProtectRemoved:
    """The resource option `protect` is removed, so the engine may delete the resource."""


@dataclass(frozen=True)
class CannotMove:
    """A data store cannot leave the network that is replaced, which the sentence `what` describes."""

    what: str


@dataclass(frozen=True)
class UnknownEffect:
    """Properties change whose effect the review does not know."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class FirstOfItsType:
    """The resource is the first of its type in the stack."""


Fact: TypeAlias = (
    Removed
    | LeftBehind
    | Restarted
    | Renamed
    | Resized
    | Upgraded
    | Scaled
    | NodesNeeded
    | GroupLimits
    | Changed
    | AttributeRemoved
    | MaintenanceSwitched
    | SchemaLeft
    | ProtectRemoved
    | CannotMove
    | UnknownEffect
    | FirstOfItsType
)
