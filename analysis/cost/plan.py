"""What the shop was first planned to cost, beside what its resources come to."""

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
    """One column of the plan: the services that belong to it, its USD a month, and why the estimate differs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    services: tuple[str, ...] = ()
    planned: Mapping[str, Decimal]
    why: Mapping[str, str]


@dataclass(frozen=True)
class Compared:
    """USD a month, planned and estimated; `unpriced` items are not in the estimate."""

    name: str
    planned: Decimal
    estimated: Decimal
    why: str
    unpriced: int


@cache
def columns() -> tuple[Column, ...]:
    """The plan's columns. The last one takes every service that no other names."""
    return tuple(Column.model_validate(each) for each in yaml.safe_load(FILE.read_text()))


def compare(stack: str, estimate: Estimate) -> list[Compared]:
    """The plan's columns for a stack; none if the plan does not have the stack."""
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
