"""A stack as the rules of the estimate see it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, cast

from analysis.cost.model import Line
from analysis.cost.prices import PriceList
from analysis.preview import SECRET, UNKNOWN, State
from components.config.cost import UsageConfig

SHARED = "(shared)"
"""The component of what resources of several components have together."""

NO_PRICE = "no verified price"


_CIPHERTEXT = "ciphertext"
"""The key in what the engine writes in place of a secret into an exported stack."""


class NotKnown(Exception):
    """A value that only the update will know, or that is secret; the message says which."""


@dataclass(frozen=True)
class Stack:
    """All resources of a stack, with what the estimate needs besides."""

    resources: Sequence[State]
    usage: UsageConfig
    prices: PriceList

    def of(self, type_: str) -> list[State]:
        """The resources of a type."""
        return [resource for resource in self.resources if resource.type == type_]

    def first_of_its_type(self, resource: State) -> bool:
        """Whether this one stands for all of its type, in what they are billed for together."""
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
        """A line of the bill, at the item's price times the factor. Several resources share one."""
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
    """What resources of one type cost: the service that most of it is for; the lines, which may end in `NotKnown`."""

    service: str
    lines: Callable[[State, Stack], Iterator[Line]]


def value(content: Mapping[str, Any], *path: str) -> Any:
    """The value at the path; None if there is none.

    Raises:
        NotKnown: The update will know it, or it is secret.
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
    """The number at the path. Raises as `value`."""
    found = value(content, *path)
    if found is None:
        return Decimal(default)
    # JSON has 4 or 4.0, as who wrote it likes.
    return Decimal(int(found)) if found == int(found) else Decimal(str(found))


def items(content: Mapping[str, Any], *path: str) -> list[Any]:
    """The list at the path, whose items need not be known; an empty one if there is none. Raises as `value`."""
    return list(value(content, *path) or ())


def component(resource: State) -> str:
    """The program's components that the resource is in, by class, two at most: `Stores/Aurora`."""
    chain = resource.urn.split("::")[2].split("$")[:-1] if resource.urn.count("::") > 2 else []
    return "/".join([type_.rpartition(":")[2] for type_ in chain if type_.startswith("openmarket:")][:2])


def owner(resource: State) -> str:
    """What the name of a component's child starts with: the component's own name."""
    return resource.name.rpartition("-")[0]


def _common(components: Sequence[str]) -> str:
    """What the components have in common, from the outside."""
    first, *rest = [each.split("/") for each in components]
    kept = [part for i, part in enumerate(first) if all(other[: i + 1] == first[: i + 1] for other in rest)]
    return "/".join(kept) or SHARED
