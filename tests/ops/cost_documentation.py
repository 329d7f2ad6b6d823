"""Writes the tables in `docs/cost.md`, of the program under mocks: `python -m tests.ops.cost_documentation`."""

from functools import cache

from analysis.cost import Estimate, budget_of, busier, estimate, usage_of
from ops.cost.documentation import TIMES, tables
from ops.cost.savings import savings
from tests.components.program import PROJECT, STACKS
from tests.ops.program_states import states

FILE = PROJECT / "docs" / "cost.md"
START = "<!-- tables -->\n"


@cache
def estimated(stack: str) -> Estimate:
    """The estimate of a stack as its file has it."""
    return estimate(states(stack), usage_of(stack))


def current() -> str:
    """The tables as they should be."""
    found = {stack: list(savings(stack, states(stack), usage_of(stack))) for stack in STACKS}
    budgets = {stack: budget_of(stack) for stack in STACKS}
    busy = {stack: estimate(states(stack), busier(usage_of(stack), TIMES)) for stack in STACKS}
    return tables({stack: estimated(stack) for stack in STACKS}, busy, budgets, found) + "\n"


def main() -> None:
    """Replace what follows the mark in the file."""
    text, mark, _ = FILE.read_text().partition(START)
    FILE.write_text(f"{text}{mark}\n{current()}")


if __name__ == "__main__":
    main()
