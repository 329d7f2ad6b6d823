"""Makes the picture of a stack or of a change, and writes it."""

from collections.abc import Collection, Iterable
from pathlib import Path

from analysis import preview, stack_file
from analysis.preview import Preview, State
from ops.exported import from_stack
from ops.files import write
from ops.graph.architecture import Architecture, Box, architecture
from ops.graph.drawing import CHANGED, CREATED, DELETED, REPLACED, svg
from ops.state_folder import state_folder


def written(stack: str, change: Path | None, out: Path | None) -> str:
    """Write the picture of the stack, or of what a preview makes of it, and return a sentence about it.

    Raises:
        BadState: The stack has no state.
        BadPreview: The file is no preview.
        typer.Exit: The picture cannot be written, and the reason has been printed.
    """
    if change:
        found = preview.read(change)
        content = of_change(stack, found)
    else:
        content = of_stack(stack, from_stack(stack))
    file = out or state_folder() / "graphs" / f"{stack}{'-change' if change else ''}.svg"
    write(file, content)
    return f"The picture is {file}"


def of_stack(stack: str, states: Iterable[State]) -> str:
    """Return the picture of a stack from its resources."""
    return svg(f"openmarket-{stack}", architecture(states, stack_file.prefix(stack)))


def of_change(stack: str, found: Preview) -> str:
    """Return the picture of what a preview makes of a stack; parts that go are in it too."""
    namespace = stack_file.prefix(stack)
    before, after = architecture(found.before, namespace), architecture(found.after, namespace)
    gone = tuple(box for box in before.boxes if box.name not in {each.name for each in after.boxes})
    lost = [arrow for arrow in before.arrows if {arrow.source, arrow.target} & {box.name for box in gone}]
    both = Architecture((*after.boxes, *gone), (*after.arrows, *lost), after.vpc, after.cluster)
    return svg(f"openmarket-{stack}: what the change touches", both, changes(found, both.boxes))


def changes(found: Preview, boxes: Iterable[Box]) -> dict[str, str]:
    """Return what a preview does to the boxes that it touches, by their names."""
    parents = {state.urn: state.parent for state in (*found.before, *found.after)}
    touched: dict[str, set[str]] = {}
    for step in found.changes:
        urn = step.urn
        while urn:
            touched.setdefault(urn, set()).add(step.op)
            urn = parents.get(urn, "")
    existing = {state.urn for state in found.before}
    kept = {state.urn for state in found.after}
    answer: dict[str, str] = {}
    for box in boxes:
        ops = {op for owner in box.owners for op in touched.get(owner, ())}
        if ops:
            answer[box.name] = _word(ops, box.owners & existing, box.owners & kept)
    return answer


def _word(ops: Iterable[str], before: Collection[str], after: Collection[str]) -> str:
    """Return the word for operations on what a box is made of, by what of it there was before and is after."""
    if not before:
        return CREATED
    if not after:
        return DELETED
    return REPLACED if any("replace" in op for op in ops) else CHANGED
