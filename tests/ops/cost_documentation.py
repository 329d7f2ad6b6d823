"""Writes the tables in `docs/cost.md`, of the program under mocks: `python -m tests.ops.cost_documentation`."""

from functools import cache

from analysis.cost import Estimate, budget_of, estimate, usage_of
from analysis.preview import State
from ops.cost.documentation import tables
from tests.components.program import PROJECT, STACKS, run_program

FILE = PROJECT / "docs" / "cost.md"
START = "<!-- tables -->\n"


@cache
def estimated(stack: str) -> Estimate:
    """The estimate of a stack as its file has it. Mocks tell no components, so URNs have none."""
    made = run_program(stack).resources
    urn = f"urn:pulumi:{stack}::openmarket"
    states = [State(urn=f"{urn}::{each.type}::{each.name}", type=each.type, inputs=each.inputs) for each in made]
    return estimate(states, usage_of(stack))


def current() -> str:
    """The tables as they should be."""
    return tables({stack: estimated(stack) for stack in STACKS}, {stack: budget_of(stack) for stack in STACKS}) + "\n"


def main() -> None:
    """Replace what follows the mark in the file."""
    text, mark, _ = FILE.read_text().partition(START)
    FILE.write_text(f"{text}{mark}\n{current()}")


if __name__ == "__main__":
    main()
