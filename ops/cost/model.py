"""An estimate, and what differs between two. All money is USD per month of 730 hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

HOURS = Decimal(730)
"""In a month, as AWS's own calculator counts."""


@dataclass(frozen=True)
class Line:
    """One item of the bill.

    Attributes:
        resource: The resource's name in the program, or how many share the item.
        component: The components that it is in, the outer one first.
        service: The AWS service, such as `EC2`.
        what: What is paid for.
        quantity: How much of it a month takes.
        unit: Of the quantity, and what the price is for.
        price: USD for one unit; None if there is no verified one, or the quantity is not known yet.
        note: What one should know about quantity or price.
        at_most: The quantity when everything has grown to its maximum, if that is more.
        pending: Whether the quantity is a value that only the update will know.
    """

    resource: str
    component: str
    service: str
    what: str
    quantity: Decimal
    unit: str
    price: Decimal | None
    note: str = ""
    at_most: Decimal | None = None
    pending: bool = False

    @property
    def monthly(self) -> Decimal | None:
        """USD a month; None without a price."""
        return None if self.price is None else self.price * self.quantity


@dataclass(frozen=True)
class Estimate:
    """What a stack costs in a month, as far as it can be said."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """USD a month, without the lines that have no price."""
        return sum((line.monthly or Decimal() for line in self.lines), Decimal())

    @property
    def ceiling(self) -> Decimal:
        """The same with every node group at its maximum, and serverless databases too."""
        return sum(((line.price or 0) * (line.at_most or line.quantity) for line in self.lines), Decimal())

    @property
    def by_service(self) -> dict[str, Decimal]:
        """USD a month by AWS service, the dearest first."""
        return _sums((line.service, line.monthly) for line in self.lines)

    @property
    def by_component(self) -> dict[str, Decimal]:
        """USD a month by component, the dearest first."""
        return _sums((line.component, line.monthly) for line in self.lines)

    @property
    def unpriced(self) -> tuple[Line, ...]:
        """What is not in the total."""
        return tuple(line for line in self.lines if line.price is None)


@dataclass(frozen=True)
class Change:
    """A line of the bill before and after; None where there is none, or no price."""

    resource: str
    service: str
    what: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """USD a month more, or less."""
        return (self.after or Decimal()) - (self.before or Decimal())


@dataclass(frozen=True)
class Difference:
    """What a change makes of the bill."""

    changes: tuple[Change, ...]

    @property
    def total(self) -> Decimal:
        """USD a month more, or less."""
        return sum((change.difference for change in self.changes), Decimal())

    @property
    def by_service(self) -> dict[str, Decimal]:
        """The same by AWS service, the largest first."""
        return _sums((change.service, change.difference) for change in self.changes)


def difference(before: Estimate, after: Estimate) -> Difference:
    """The lines whose amounts differ, or that come or go, the largest difference first."""
    old, new = _amounts(before), _amounts(after)
    changes = [
        Change(*key, old.get(key), new.get(key))
        for key in {**old, **new}
        if old.get(key) != new.get(key) or (key in old) != (key in new)
    ]
    return Difference(tuple(sorted(changes, key=lambda change: -abs(change.difference))))


def _amounts(estimate: Estimate) -> dict[tuple[str, str, str], Decimal | None]:
    """What the lines cost, by what makes a line the same one; two may share that."""
    found: dict[tuple[str, str, str], Decimal | None] = {}
    for line in estimate.lines:
        key = (line.resource, line.service, line.what)
        known = [each for each in (found.get(key), line.monthly) if each is not None]
        found[key] = sum(known, Decimal()) if known else None
    return found


def _sums(amounts: Iterable[tuple[str, Decimal | None]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for name, amount in amounts:
        if amount is not None:
            found[name] = found.get(name, Decimal()) + amount
    return dict(sorted(found.items(), key=lambda each: -abs(each[1])))
