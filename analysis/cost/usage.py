"""Reads budget and usage assumptions from a stack file."""

from decimal import Decimal
from pathlib import Path

from analysis import stack_file
from components.config.cost import CostConfig, UsageConfig

Usage = UsageConfig
KEY = "openmarket:cost"


def cost_of(stack: str, folder: Path | None = None) -> CostConfig:
    """Return the stack's budget and usage assumptions. Raises the same as `stack_file.section`."""
    return stack_file.section(stack, KEY, CostConfig, folder)


def usage_of(stack: str) -> Usage:
    """Return the assumed usage of a month of the stack. Raises the same as `cost_of`."""
    return cost_of(stack).usage


def budget_of(stack: str) -> Decimal:
    """Return the stack's budget in USD a month. Raises the same as `cost_of`."""
    return cost_of(stack).monthly_budget
