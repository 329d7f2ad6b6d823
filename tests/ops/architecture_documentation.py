"""Draws the production stack for both READMEs as `ops graph` does: `python -m tests.ops.architecture_documentation`.

Everything in the picture is read from the program's resources under mocks.
"""

from collections.abc import Iterator

from analysis.preview import State
from ops.graph.picture import of_stack
from tests.components.program import PROJECT, Deployed, run_program

STACK = "prod"
FILE = PROJECT / "docs" / "architecture.svg"


def current() -> str:
    """The picture as it should be."""
    return of_stack(STACK, _states(run_program(STACK)))


def _states(made: Deployed) -> Iterator[State]:
    """The resources as Pulumi's state has them."""
    urns = {each.name: f"urn:pulumi:{STACK}::openmarket::{each.type}::{each.name}" for each in made.resources}
    for each in made.resources:
        parent = urns.get(made.parent(each.name) or "", "") if each.name in made.options else ""
        yield State(
            urn=urns[each.name], type=each.type, id=each.id, custom=True, parent=parent,
            inputs=dict(each.inputs), outputs=dict(each.outputs),
        )  # fmt: skip


def main() -> None:
    """Write the picture."""
    FILE.write_text(current())


if __name__ == "__main__":
    main()
