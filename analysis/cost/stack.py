"""The view of a stack that the pricing rules use."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, cast

from analysis.capacity import capacity
from analysis.cost.model import Line
from analysis.cost.prices import PriceList
from analysis.preview import SECRET, UNKNOWN, State
from components.config.cost import UsageConfig

SHARED = "(shared)"
"""`Line.component` of an item that resources of several components share."""

NO_PRICE = "no verified price"


_CIPHERTEXT = "ciphertext"
"""Key of the object that the engine writes in place of a secret value into an exported stack."""


class NotKnown(Exception):
    """A value is known only after the update, or is secret; the message names the property."""


@dataclass(frozen=True)
class Stack:
    """All resources of a stack, with the assumed usage and the prices."""

    resources: Sequence[State]
    usage: UsageConfig
    prices: PriceList

    @cached_property
    def nodes(self) -> Mapping[str, int]:
        """Nodes by node group that an autoscaler comes to with every service at its minimum; empty if not known."""
        found = capacity(self.resources)
        return found.at_least if found.autoscaled else {}

    def of(self, type_: str) -> list[State]:
        """Return the resources of a type."""
        return [resource for resource in self.resources if resource.type == type_]

    def first_of_its_type(self, resource: State) -> bool:
        """Return whether this is the first resource of its type, which carries the lines that all of the type share."""
        return self.of(resource.type)[0].urn == resource.urn

    def line(
        self,
        resource: State | Sequence[State],
        service: str,
        item: str,
        what: str,
        quantity: Decimal | int,
        *,
        at_most: Decimal | int | None = None,
        factor: Decimal = Decimal(1),
        note: str = "",
    ) -> Line:
        """Build a line of the bill, at the item's price times the factor. Several resources can share one line."""
        price = self.prices.of(service, item)
        alone = isinstance(resource, State)
        notes = [note, price.note if price else NO_PRICE]
        return Line(
            resource=resource.name if alone else f"{resource[0].type.rpartition(':')[2]} (all)",
            component=_common([component(each) for each in ([resource] if alone else resource)]),
            service=service,
            what=what,
            quantity=Decimal(quantity),
            unit=price.unit if price else "",
            price=price.price * factor if price else None,
            note="; ".join(filter(None, notes)),
            at_most=None if at_most is None or at_most <= quantity else Decimal(at_most),
        )


class Rule(NamedTuple):
    """A pricing rule for one resource type.

    Attributes:
        service: AWS service that the resource is billed under if its lines cannot be determined.
        lines: Yields the lines of a resource; may raise `NotKnown`.
    """

    service: str
    lines: Callable[[State, Stack], Iterator[Line]]


def value(content: Mapping[str, Any], *path: str) -> Any:
    """Return the value at the path; None if there is none.

    Raises:
        NotKnown: The value is known only after the update, or it is secret.
    """
    inner: Mapping[str, Any] = content
    found: Any = None
    for key in path:
        found = inner.get(key)
        inner = _mapping(found)
        if found in (UNKNOWN, SECRET) or _CIPHERTEXT in inner:
            raise NotKnown(".".join(path))
    return found


def _mapping(found: Any) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], found) if isinstance(found, Mapping) else {}


def number(content: Mapping[str, Any], *path: str, default: int = 0) -> Decimal:
    """Return the number at the path, or the default if there is none. Raises the same as `value`."""
    found = value(content, *path)
    if found is None:
        return Decimal(default)
    # The same integer is written as 4 or as 4.0, depending on the writer of the JSON.
    return Decimal(int(found)) if found == int(found) else Decimal(str(found))


def items(content: Mapping[str, Any], *path: str) -> list[Any]:
    """Return the list at the path, whose items may be unknown; empty if there is none. Raises the same as `value`."""
    return list(value(content, *path) or ())


def component(resource: State) -> str:
    """Return the classes of the outer two components that contain the resource, such as `Stores/Aurora`."""
    chain = resource.urn.split("::")[2].split("$")[:-1] if resource.urn.count("::") > 2 else []
    return "/".join([type_.rpartition(":")[2] for type_ in chain if type_.startswith("openmarket:")][:2])


def _common(components: Sequence[str]) -> str:
    """Return the outer components that all of them share; `SHARED` if there are none."""
    first, *rest = [each.split("/") for each in components]
    kept = [part for i, part in enumerate(first) if all(other[: i + 1] == first[: i + 1] for other in rest)]
    return "/".join(kept) or SHARED
