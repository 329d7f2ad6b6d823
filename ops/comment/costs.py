"""Compares the cost of the stack before and after a change."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from analysis import stack_file
from analysis.cost import Difference, Estimate, difference, estimate, usage_of
from analysis.preview import Preview

NOTABLE_SHARE = Decimal("0.10")
"""Share of the monthly cost from which on an increase is reported."""

NOTABLE_AMOUNT = Decimal(50)
"""USD a month from which on an increase is reported."""


@dataclass(frozen=True)
class Costs:
    """The estimates before and after; both are None if `problem` says why there are none."""

    before: Estimate | None = None
    after: Estimate | None = None
    problem: str = ""

    @cached_property
    def change(self) -> Difference | None:
        """Difference of the estimates; None if there are none."""
        return difference(self.before, self.after) if self.before and self.after else None

    @property
    def total(self) -> Decimal:
        """Change in USD a month; 0 if there are no estimates."""
        return self.change.total if self.change else Decimal()

    @property
    def notable(self) -> bool:
        """True if the increase reaches a threshold; always False for a new stack."""
        if self.before is None or not self.before.total:
            return False
        return self.total >= NOTABLE_AMOUNT or self.total >= NOTABLE_SHARE * self.before.total


def compare(preview: Preview) -> Costs:
    """Estimate both sides of a preview, with the usage that the stack file assumes."""
    try:
        usage = usage_of(preview.stack)
    except stack_file.BadStack as error:
        return Costs(problem=str(error))
    return Costs(estimate(preview.before, usage), estimate(preview.after, usage))


def money(amount: Decimal) -> str:
    """Format an amount in USD with cents."""
    return f"${amount:,.2f}"


def signed(amount: Decimal) -> str:
    """Format a difference in USD with its sign, without cents from 100 USD on."""
    digits = 0 if abs(amount) >= 100 else 2
    rounded = round(amount, digits) if digits else round(amount)
    if not rounded:
        return "±$0"
    return f"{'+' if rounded > 0 else '-'}${abs(rounded):,.{digits}f}"
