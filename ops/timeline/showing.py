"""Implements the command `timeline`."""

from collections.abc import Iterator
from pathlib import Path

from analysis import preview, stack_file
from analysis.state import BadState
from analysis.timing import record
from analysis.timing.chart import Chart, clock
from analysis.timing.timeline import Timeline, savings
from analysis.urns import name_of, type_of
from ops.errors import fail
from ops.files import write
from ops.timeline.finding import projected_timeline, recorded_timeline

_SHOWN = 5
"""Savings that the text lists."""


def show(stack: str, command: str, projected: bool, preview_file: Path | None, out: Path | None) -> None:
    """Print the critical path and what would shorten it, and write the picture.

    Raises:
        typer.Exit: There is nothing to show, and the reason has been printed.
    """
    if preview_file and not projected:
        fail("--preview says what is projected: add --projected")
    try:
        stack_file.settings(stack)
        found = projected_timeline(stack, command, preview_file) if projected else recorded_timeline(stack, command)
    except (stack_file.BadStack, BadState, preview.BadPreview, record.BadRecord) as error:
        fail(str(error))
    if not found.timeline.ended:
        fail(f"the last `{command}` of {stack} changed no resource")
    file = out or stack_file.PROJECT / ".emulator" / "timelines" / f"{stack}-{command}{'-on-aws' * projected}.svg"
    write(file, Chart(found.title, found.timeline, found.failed).svg())
    print(found.title)
    print("\nThe critical path:")
    for line in _path(found.timeline):
        print(line)
    shorter = [(urn, seconds) for urn, seconds in savings(found.timeline.needs, found.seconds) if seconds >= 0.5]
    if shorter:
        print("\nSooner by, if this took no time:")
        for urn, seconds in shorter[:_SHOWN]:
            print(f"  {clock(seconds):>12}  {name_of(urn)}")
    print(f"\nThe picture of all: {file}")


def _path(found: Timeline) -> Iterator[str]:
    for urn in found.path():
        begun, took = found.begun[urn], found.ended[urn] - found.begun[urn]
        if took > 0:
            yield f"  {clock(begun):>12}  {clock(took):>12}  {name_of(urn)} ({type_of(urn)})"
