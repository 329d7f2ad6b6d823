"""Compares the estimate with the original cost plan of the shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from analysis.cost.model import Estimate

FILE = Path(__file__).with_name("plan.yaml")


class Column(BaseModel):
    """Describes one column of the plan.

    Attributes:
        name: Name of the column.
        services: AWS services that belong to the column; empty if it takes those that no other column names.
        planned: USD a month by stack; a stack that is absent was not planned.
        why: Why the estimate differs, by stack; empty if it does not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    services: tuple[str, ...] = ()
    planned: Mapping[str, Decimal]
    why: Mapping[str, str]


@dataclass(frozen=True)
class Compared:
    """A column's USD a month, planned and estimated, and the number of items that the estimate has no price for."""

    name: str
    planned: Decimal
    estimated: Decimal
    why: str
    unpriced: int


@cache
def columns() -> tuple[Column, ...]:
    """Return the plan's columns. The last one takes every service that no other column names."""
    return tuple(Column.model_validate(each) for each in yaml.safe_load(FILE.read_text()))


def compare(stack: str, estimate: Estimate) -> list[Compared]:
    """Compare the estimate of a stack with the plan, column by column; empty if the stack was not planned."""
    planned = [column for column in columns() if stack in column.planned]
    named = {service for column in planned for service in column.services}
    found: list[Compared] = []
    for column in planned:
        own = Estimate(
            tuple(
                line
                for line in estimate.lines
                if (line.service in column.services if column.services else line.service not in named)
            )
        )
        amounts = (column.planned[stack], own.total)
        found.append(Compared(column.name, *amounts, column.why[stack], len(own.unpriced)))
    return found
