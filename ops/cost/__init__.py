"""What a stack costs: estimated from its resources, unit prices in a dated file, and assumptions about its usage."""

from ops.cost.difference import Change, Difference, difference
from ops.cost.estimating import estimate
from ops.cost.model import Estimate, Line
from ops.cost.usage import Usage, budget_of, usage_of

__all__ = [
    "Change",
    "Difference",
    "Estimate",
    "Line",
    "Usage",
    "budget_of",
    "difference",
    "estimate",
    "usage_of",
]
