"""Reads budget and usage assumptions from a stack file."""

from decimal import Decimal
from pathlib import Path

from analysis import stack_file
from components.config.cost import CostConfig, UsageConfig

Usage = UsageConfig
KEY = "openmarket:cost"


_TRAFFIC = (
    "nat_gb",
    "zone_gb",
    "internet_gb",
    "load_balancer_units",
    "database_million_requests",
    "object_million_writes",
    "object_million_reads",
    "cdn_gb",
    "cdn_million_requests",
    "firewall_million_requests",
    "log_gb",
    "stored_log_gb",
    "key_million_requests",
)
"""Assumptions that grow with the number of customers."""


def busier(usage: Usage, times: int) -> Usage:
    """Return the usage with so many times the traffic."""
    return usage.model_copy(update={name: getattr(usage, name) * times for name in _TRAFFIC})


def cost_of(stack: str, folder: Path | None = None) -> CostConfig:
    """Return the stack's budget and usage assumptions. Raises the same as `stack_file.section`."""
    return stack_file.section(stack, KEY, CostConfig, folder)


def usage_of(stack: str) -> Usage:
    """Return the assumed usage of a month of the stack. Raises the same as `cost_of`."""
    return cost_of(stack).usage


def budget_of(stack: str) -> Decimal:
    """Return the stack's budget in USD a month. Raises the same as `cost_of`."""
    return cost_of(stack).monthly_budget
