"""The facts about sizes, numbers and versions that a finding can state, as data; `amounts` renders them."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Resized:
    """An instance gets another size.

    Attributes:
        old: Name of the size before.
        new: Name of the size after.
        gib: GiB of memory before and after; None if one of the sizes is not known.
    """

    old: str
    new: str
    gib: tuple[Decimal, Decimal] | None

    @property
    def smaller(self) -> bool:
        """True if it has less memory afterwards."""
        return self.gib is not None and self.gib[1] < self.gib[0]


@dataclass(frozen=True)
class Upgraded:
    """The control plane gets another Kubernetes minor.

    Attributes:
        old: The minor before.
        new: The minor after.
        groups: Node groups whose nodes are replaced, each with its number of nodes; 0 if that is not known.
        moving: Add-ons that get another version, each with both versions.
        staying: EKS add-ons that keep their version, each with that; empty if it is not known.
        earlier: Stacks that are deployed before this one, each with the minor in its file.
    """

    old: str
    new: str
    groups: tuple[tuple[str, int], ...] = ()
    moving: tuple[tuple[str, str, str], ...] = ()
    staying: tuple[tuple[str, str], ...] = ()
    earlier: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Pods:
    """The pods of a service: at least and at most how many, and the millicores and MiB that each requests."""

    least: int
    most: int
    cpu: int
    memory: int


@dataclass(frozen=True)
class Scaled:
    """A service runs another number of pods, or pods of another size."""

    before: Pods
    after: Pods


@dataclass(frozen=True)
class NodesNeeded:
    """A node group needs another number of nodes for the services' pods.

    Attributes:
        types: Its instance types.
        least: Nodes with every service at its minimum, before and after.
        most: Nodes with every service at its maximum, before and after.
        limit: The group's maximum after the change.
        monthly: USD a month of one node with its volume; None if there is no price.
    """

    types: tuple[str, ...]
    least: tuple[int, int]
    most: tuple[int, int]
    limit: int
    monthly: Decimal | None


@dataclass(frozen=True)
class GroupLimits:
    """A node group may have another number of nodes.

    Attributes:
        before: Its minimum and maximum before.
        after: Its minimum and maximum after.
        monthly: USD a month of one node with its volume; None if there is no price.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    monthly: Decimal | None
