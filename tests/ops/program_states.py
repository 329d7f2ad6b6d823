"""The program's resources under mocks, as Pulumi's state has them."""

from functools import cache

from analysis.preview import State
from tests.components.program import run_program


@cache
def states(stack: str) -> list[State]:
    """The resources of a stack as its file has them. Mocks tell no components, so URNs have none."""
    made = run_program(stack)
    urns = {each.name: f"urn:pulumi:{stack}::openmarket::{each.type}::{each.name}" for each in made.resources}
    parents = {name: urns.get(made.parent(name) or "", "") for name in made.options}
    return [
        State(
            urn=urns[each.name], type=each.type, id=each.id, custom=True, parent=parents.get(each.name, ""),
            inputs=each.inputs, outputs=each.outputs,
        )
        for each in made.resources
    ]  # fmt: skip
