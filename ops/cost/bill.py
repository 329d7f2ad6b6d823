"""Implements the command `cost`."""

import json
from pathlib import Path

from rich.console import Console

from analysis import preview, stack_file
from analysis.cost.difference import Difference, difference
from analysis.cost.estimating import estimate
from analysis.cost.model import Estimate
from analysis.cost.usage import Usage, cost_of
from analysis.state import BadState, from_file
from ops.cost.report import document, tables
from ops.errors import fail
from ops.exported import from_stack

_WIDTH = 150
"""Width of the output in characters without a terminal, which fits every column."""


def show(stack: str, preview_file: Path | None, state_file: Path | None, against: Path | None, as_json: bool) -> None:
    """Print the estimate, and its difference from another one."""
    if preview_file and state_file:
        fail("--preview and --state exclude each other: give one of them")
    try:
        config = cost_of(stack)
        found, changed = _read(stack, config.usage, preview_file, state_file, against)
    except (stack_file.BadStack, preview.BadPreview, BadState) as error:
        fail(str(error))
    if not found.lines and changed is None:
        fail(f"{preview_file or state_file or stack} has no resources with a price")
    if as_json:
        print(json.dumps(document(stack, config, found, changed), indent=2))
        return
    console = Console(width=None if Console().is_terminal else _WIDTH)
    for part in tables(stack, config, found, changed):
        console.print(part)


def _read(
    stack: str, usage: Usage, preview_file: Path | None, state_file: Path | None, against: Path | None
) -> tuple[Estimate, Difference | None]:
    """Return the estimate, and its difference from another one; None if there is nothing to compare with."""
    before = estimate(from_file(against), usage) if against else None
    if preview_file:
        seen = preview.read(preview_file)
        if seen.stack != stack:
            if not seen.stack:
                raise BadState(f"{preview_file} has no resources, so its stack is unknown")
            raise BadState(f"{preview_file} is a preview of {seen.stack}: give --stack {seen.stack}")
        found = estimate(seen.after, usage)
        today = estimate(seen.before, usage)
        before = before or (today if today.lines else None)
    else:
        found = estimate(from_file(state_file) if state_file else from_stack(stack), usage)
    return found, difference(before, found) if before else None
