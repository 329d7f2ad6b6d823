"""Draws the production stack for both READMEs as `ops graph` does: `python -m tests.ops.architecture_documentation`.

Everything in the picture is read from the program's resources under mocks.
"""

from ops.graph.picture import of_stack
from tests.components.program import PROJECT
from tests.ops.program_states import states

STACK = "prod"
FILE = PROJECT / "docs" / "architecture.svg"


def current() -> str:
    """The picture as it should be."""
    return of_stack(STACK, states(STACK))


def main() -> None:
    """Write the picture."""
    FILE.write_text(current())


if __name__ == "__main__":
    main()
