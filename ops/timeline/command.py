"""`timeline`: how long the resources of a stack's last deployment or deletion took, as text and as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analysis.timing.timeline import Timeline

_SHOWN = 5
"""Savings that the text lists."""


def timeline(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    destroy: Annotated[
        bool, typer.Option("--destroy", help="Show the last `destroy` instead of the last `up`.")
    ] = False,
    projected: Annotated[
        bool,
        typer.Option(
            "--projected", help="Show how long it takes on AWS from nothing, by durations that are known of AWS."
        ),
    ] = False,
    preview_file: Annotated[
        Path | None,
        typer.Option("--preview", help="With --projected: a preview with the resources. Default: the deployed stack."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The picture's file. Default: .emulator/timelines/<stack>-<operation>.svg.")
    ] = None,
) -> None:
    """Show how long each resource took, which chain of resources decided the total, and what would shorten it."""
    from analysis import preview, stack_file
    from analysis.state import BadState
    from analysis.timing import record
    from analysis.timing.chart import Chart, clock
    from analysis.timing.timeline import savings
    from ops.errors import fail
    from ops.timeline.finding import projected_timeline, recorded_timeline

    command = "destroy" if destroy else "up"
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
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(Chart(found.title, found.timeline, found.failed).svg())
    print(found.title)
    print("\nThe critical path:")
    for line in _path(found.timeline):
        print(line)
    shorter = [(urn, seconds) for urn, seconds in savings(found.timeline.needs, found.seconds) if seconds >= 0.5]
    if shorter:
        print("\nSooner by, if this took no time:")
        for urn, seconds in shorter[:_SHOWN]:
            print(f"  {clock(seconds):>12}  {urn.rpartition('::')[2]}")
    print(f"\nThe picture of all: {file}")


def _path(found: "Timeline") -> list[str]:
    from analysis.timing.chart import clock
    from analysis.urns import name_of, type_of

    took = [urn for urn in found.path() if found.ended[urn] > found.begun[urn]]
    return [
        f"  {clock(found.begun[urn]):>12}  {clock(found.ended[urn] - found.begun[urn]):>12}  "
        f"{name_of(urn)} ({type_of(urn)})"
        for urn in took
    ]
