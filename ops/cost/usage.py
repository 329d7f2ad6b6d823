"""What a stack's file says about its cost."""

from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from components.config.cost import CostConfig, UsageConfig
from components.config.problems import from_validation, report
from ops import stack_file

Usage = UsageConfig
KEY = "openmarket:cost"


def cost_of(stack: str, folder: Path = stack_file.PROJECT) -> CostConfig:
    """The stack's budget and assumptions.

    Raises:
        stack_file.BadStack: There is no such stack, or its file does not say them; the message has every problem.
    """
    section = stack_file.settings(stack, folder).get(KEY)
    if not isinstance(section, dict):
        raise stack_file.BadStack(f"Pulumi.{stack}.yaml needs {KEY} with monthlyBudget and usage")
    try:
        return CostConfig.model_validate(section)
    except ValidationError as error:
        problems = from_validation(error, CostConfig, section)
        raise stack_file.BadStack(report(stack, problems)) from None


def usage_of(stack: str) -> Usage:
    """What the estimate assumes about a month of the stack. Raises as `cost_of`."""
    return cost_of(stack).usage


def budget_of(stack: str) -> Decimal:
    """USD that a month of the stack may cost. Raises as `cost_of`."""
    return cost_of(stack).monthly_budget
