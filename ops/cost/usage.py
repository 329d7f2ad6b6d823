"""What a stack's file says about its cost."""

from decimal import Decimal
from pathlib import Path

from pydantic import Field, ValidationError

from components.config.cost import CostConfig, UsageConfig
from components.config.problems import from_validation, report
from components.config.section import Section
from ops import stack_file

Usage = UsageConfig
KEY = "openmarket:cost"


class _Settings(Section):
    """What of the stack's configuration matters here."""

    cost: CostConfig = Field(alias=KEY, description="a mapping with monthlyBudget and usage")


def cost_of(stack: str, folder: Path = stack_file.PROJECT) -> CostConfig:
    """The stack's budget and assumptions.

    Raises:
        stack_file.BadStack: There is no such stack, or its file does not say them; the message has every problem.
    """
    try:
        return read(stack, stack_file.settings(stack, folder).get(KEY))
    except ValueError as error:
        raise stack_file.BadStack(str(error)) from None


def read(stack: str, section: object) -> CostConfig:
    """The same from the value of `openmarket:cost`.

    Raises:
        ValueError: It is not right; the message has every problem.
    """
    values = {} if section is None else {KEY: section}
    try:
        return _Settings.model_validate(values).cost
    except ValidationError as error:
        raise ValueError(report(stack, from_validation(error, _Settings, values))) from None


def usage_of(stack: str) -> Usage:
    """What the estimate assumes about a month of the stack. Raises as `cost_of`."""
    return cost_of(stack).usage


def budget_of(stack: str) -> Decimal:
    """USD that a month of the stack may cost. Raises as `cost_of`."""
    return cost_of(stack).monthly_budget
