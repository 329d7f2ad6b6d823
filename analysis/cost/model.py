"""An estimate. All money is USD per month of 730 hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

HOURS = Decimal(730)
"""In a month, as AWS's own calculator counts."""


PENDING = "(not known yet)"
"""Stands for what a resource costs when a value that decides is not known before the update."""


@dataclass(frozen=True)
class Line:
    """One item of the bill.

    Attributes:
        resource: The resource's name in the program, or the kind of those that share the item.
        component: The components that it is in, the outer one first.
        service: The AWS service, such as `EC2`.
        what: What is paid for. What stands before a colon is the same in every estimate.
        quantity: How much of it a month takes.
        unit: Of the quantity, and what the price is for.
        price: USD for one unit; None if there is no verified one, or the quantity is not known yet.
        note: What one should know about quantity or price.
        at_most: The quantity when everything has grown to its maximum, if that is more.
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

    @property
    def pending(self) -> bool:
        """Whether only the update will know how much it is."""
        return self.what == PENDING

    @property
    def kind(self) -> str:
        """What is paid for, without its size."""
        return self.what.partition(":")[0]

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
        return sums((line.service, line.monthly) for line in self.lines)

    @property
    def by_component(self) -> dict[str, Decimal]:
        """USD a month by component, the dearest first."""
        return sums((line.component, line.monthly) for line in self.lines)

    @property
    def unpriced(self) -> tuple[Line, ...]:
        """What is not in the total."""
        return tuple(line for line in self.lines if line.price is None)


def sums(amounts: Iterable[tuple[str, Decimal | None]]) -> dict[str, Decimal]:
    """The known amounts by name, the largest first."""
    found: dict[str, Decimal] = {}
    for name, amount in amounts:
        if amount is not None:
            found[name] = found.get(name, Decimal()) + amount
    return dict(sorted(found.items(), key=lambda each: -abs(each[1])))
