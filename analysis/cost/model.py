"""The model of an estimate. All amounts are USD per month of 730 hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

HOURS = Decimal(730)
"""Hours in a month, as the AWS Pricing Calculator counts them."""


PENDING = "(not known yet)"
"""`Line.what` of a resource whose cost depends on a value that is known only after the update."""


@dataclass(frozen=True)
class Line:
    """Describes one item of the bill.

    Attributes:
        resource: The resource's name in the program, or the type of the resources that share the item.
        component: The components that contain the resource, the outermost first.
        service: The AWS service, such as `EC2`.
        what: Description of the item. The part before a colon is the same in every estimate.
        quantity: Number of units in a month.
        unit: Unit of the quantity and of the price, such as `hours`.
        price: USD for one unit; None if there is no verified price or the quantity is not known yet.
        note: Reservations about the quantity or the price; empty if there are none.
        at_most: Quantity at the maximum size; None if that is not more than `quantity`.
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
        """True if the quantity is known only after the update."""
        return self.what == PENDING

    @property
    def kind(self) -> str:
        """Description of the item without its size."""
        return self.what.partition(":")[0]

    @property
    def monthly(self) -> Decimal | None:
        """USD a month; None if the line has no price."""
        return None if self.price is None else self.price * self.quantity


@dataclass(frozen=True)
class Estimate:
    """Holds the lines of a stack's bill for a month."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """USD a month, without the lines that have no price."""
        return sum((line.monthly or Decimal() for line in self.lines), Decimal())

    @property
    def ceiling(self) -> Decimal:
        """USD a month with every node group and serverless database at its maximum."""
        return sum(((line.price or 0) * (line.at_most or line.quantity) for line in self.lines), Decimal())

    @property
    def by_service(self) -> dict[str, Decimal]:
        """USD a month by AWS service, the most expensive first."""
        return sums((line.service, line.monthly) for line in self.lines)

    @property
    def by_component(self) -> dict[str, Decimal]:
        """USD a month by component, the most expensive first."""
        return sums((line.component, line.monthly) for line in self.lines)

    @property
    def unpriced(self) -> tuple[Line, ...]:
        """Lines that are not in the total, because they have no price."""
        return tuple(line for line in self.lines if line.price is None)


def sums(amounts: Iterable[tuple[str, Decimal | None]]) -> dict[str, Decimal]:
    """Return the sum of the known amounts by name, the largest first; amounts of None are left out."""
    found: dict[str, Decimal] = {}
    for name, amount in amounts:
        if amount is not None:
            found[name] = found.get(name, Decimal()) + amount
    return dict(sorted(found.items(), key=lambda each: -abs(each[1])))
