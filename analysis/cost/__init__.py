"""Estimates what a stack costs from its resources, unit prices in a dated file, and assumptions about its usage."""

from analysis.cost.difference import Change, Difference, difference
from analysis.cost.estimating import estimate
from analysis.cost.model import Estimate, Line
from analysis.cost.usage import Usage, budget_of, busier, usage_of

__all__ = [
    "Change",
    "Difference",
    "Estimate",
    "Line",
    "Usage",
    "budget_of",
    "busier",
    "difference",
    "estimate",
    "usage_of",
]
