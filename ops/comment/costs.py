"""What a change makes of the bill."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from analysis import stack_file
from analysis.cost import Difference, Estimate, difference, estimate, usage_of
from analysis.preview import Preview

NOTABLE_SHARE = Decimal("0.10")
NOTABLE_AMOUNT = Decimal(50)
"""A month's cost that goes up by a tenth, or by 50 USD, is something to look at."""


@dataclass(frozen=True)
class Costs:
    """The estimate before and after; `problem` says why there is none."""

    before: Estimate | None = None
    after: Estimate | None = None
    problem: str = ""

    @cached_property
    def change(self) -> Difference | None:
        """What differs."""
        return difference(self.before, self.after) if self.before and self.after else None

    @property
    def total(self) -> Decimal:
        """USD a month more, or less."""
        return self.change.total if self.change else Decimal()

    @property
    def notable(self) -> bool:
        """Whether it goes up by more than the thresholds. A stack that is new costs what it costs."""
        if self.before is None or not self.before.total:
            return False
        return self.total >= NOTABLE_AMOUNT or self.total >= NOTABLE_SHARE * self.before.total


def compare(preview: Preview) -> Costs:
    """Estimate both sides of a preview, with what the stack's file assumes."""
    try:
        usage = usage_of(preview.stack)
    except stack_file.BadStack as error:
        return Costs(problem=str(error))
    return Costs(estimate(preview.before, usage), estimate(preview.after, usage))


def money(amount: Decimal) -> str:
    """USD with two digits."""
    return f"${amount:,.2f}"


def signed(amount: Decimal) -> str:
    """USD more or less; without cents from 100 on."""
    digits = 0 if abs(amount) >= 100 else 2
    rounded = round(amount, digits) if digits else round(amount)
    if not rounded:
        return "±$0"
    return f"{'+' if rounded > 0 else '-'}${abs(rounded):,.{digits}f}"
