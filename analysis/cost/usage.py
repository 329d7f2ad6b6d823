"""What a stack's file says about its cost."""

from decimal import Decimal
from pathlib import Path

from analysis import stack_file
from components.config.cost import CostConfig, UsageConfig

Usage = UsageConfig
KEY = "openmarket:cost"


def cost_of(stack: str, folder: Path | None = None) -> CostConfig:
    """The stack's budget and assumptions. Raises as `stack_file.section`."""
    return stack_file.section(stack, KEY, CostConfig, folder)


def usage_of(stack: str) -> Usage:
    """What the estimate assumes about a month of the stack. Raises as `cost_of`."""
    return cost_of(stack).usage


def budget_of(stack: str) -> Decimal:
    """USD that a month of the stack may cost. Raises as `cost_of`."""
    return cost_of(stack).monthly_budget
