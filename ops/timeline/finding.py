"""Finds what `timeline` shows: the record of an operation, or its projection."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.state import BadState, from_file
from analysis.timing import projection, record
from analysis.timing.chart import clock
from analysis.timing.timeline import Timeline, needs_of
from ops.deploy.logs import record_of
from ops.exported import from_stack


@dataclass(frozen=True)
class Found:
    """A timeline, its title, the seconds of work by URN, and the URNs that failed."""

    title: str
    timeline: Timeline
    seconds: Mapping[str, float]
    failed: Collection[str] = ()


def recorded_timeline(stack: str, command: str) -> Found:
    """Return the timeline of the last `up` or `destroy` that changed something.

    Raises:
        record.BadRecord: There is none.
        NotDeployed: There is none of an `up`, as the stack is not deployed.
        BadState: The stack's state, which has the dependencies, cannot be read.
    """
    try:
        last = record.read(record_of(stack, command))
    except record.BadRecord:
        if command != "destroy":
            with suppress(BadState):
                from_stack(stack)
        raise
    needs = last.needs or needs_of(from_stack(stack))
    failed = [span.urn for span in last.spans if span.failed]
    title = f"{stack}: `{command}` of {last.at}, {clock(last.seconds)}"
    return Found(title, last.timeline(needs), last.durations, failed)


def projected_timeline(stack: str, command: str, preview_file: Path | None) -> Found:
    """Return how long AWS takes for the stack from nothing, or for its deletion.

    Raises:
        BadState: There is no such stack, or the file is none.
        BadPreview: The file is not a preview.
    """
    states = from_file(preview_file) if preview_file else from_stack(stack)
    found = (projection.deletion if command == "destroy" else projection.deployment)(states)
    what = "deleted" if command == "destroy" else "deployed from nothing"
    title = f"{stack}: {what} on AWS in about {clock(found.timeline.total)}"
    return Found(title, found.timeline, found.seconds)
