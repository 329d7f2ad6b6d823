"""`cost`: what a month of a stack costs."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from analysis import preview, stack_file
from analysis.cost.difference import Difference, difference
from analysis.cost.estimating import estimate
from analysis.cost.model import Estimate
from analysis.cost.usage import Usage, cost_of
from analysis.state import BadState, from_file
from ops.cost.export import from_stack
from ops.cost.report import document, tables
from ops.errors import fail

_WIDTH = 150
"""Wide enough for every column where there is no terminal to measure."""


def cost(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    preview_file: Annotated[
        Path | None,
        typer.Option("--preview", help="What `pulumi preview --json --show-sames` wrote: the stack as it would be."),
    ] = None,
    state_file: Annotated[
        Path | None,
        typer.Option("--state", help="What `pulumi stack export` wrote. Without both, the command runs it."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Another preview or state to compare with. A preview without it is compared with today."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate what a month of a stack costs, by AWS service and by component.

    Quantities that depend on traffic are those of the stack file's openmarket:cost.usage.
    """
    if preview_file and state_file:
        fail("--preview and --state are both given: give one")
    try:
        config = cost_of(stack)
        found, changed = _read(stack, config.usage, preview_file, state_file, against)
    except (stack_file.BadStack, preview.BadPreview, BadState) as error:
        fail(str(error))
    if not found.lines and changed is None:
        fail(f"{stack} has no resources: deploy it, or give --preview of what it would be")
    if as_json:
        print(json.dumps(document(stack, config, found, changed), indent=2))
        return
    console = Console(width=None if Console().is_terminal else _WIDTH)
    for part in tables(stack, config, found, changed):
        console.print(part)


def _read(
    stack: str, usage: Usage, preview_file: Path | None, state_file: Path | None, against: Path | None
) -> tuple[Estimate, Difference | None]:
    """The estimate, and what differs from another one."""
    before = estimate(from_file(against), usage) if against else None
    if preview_file:
        seen = preview.read(preview_file)
        if seen.stack != stack:
            if not seen.stack:
                raise BadState(f"{preview_file} does not say which stack it is a preview of: it has no resources")
            raise BadState(f"{preview_file} is a preview of {seen.stack}: give --stack {seen.stack}")
        found = estimate(seen.after, usage)
        today = estimate(seen.before, usage)
        before = before or (today if today.lines else None)
    else:
        found = estimate(from_file(state_file) if state_file else from_stack(stack), usage)
    return found, difference(before, found) if before else None
