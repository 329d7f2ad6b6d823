"""Lists what a repair restores and what it leaves, from the events of its preview."""

from collections.abc import Iterator

from analysis.preview import Step
from analysis.preview.drift import Difference, explained, found
from analysis.urns import name_of, type_of
from ops.deploy.progress import Progress
from ops.differences import said, waits
from ops.texts import TO_DO, abridged

_PATHS = 5
"""Properties shown per resource."""


def differences(now: Progress) -> Iterator[str]:
    """Yield the lines that are printed between the preview of a repair and its update."""
    steps = [Step.model_validate(step) for step in now.changes.values()]
    found_out, waiting = explained(found(now.refreshed.values()), steps)
    drifted = [each for each in found_out if not each.waits]
    yield "Differs from the last deployment:" if drifted else "Nothing differs from the last deployment."
    yield from (f"  {_line(each)}" for each in drifted)
    if in_window := [each for each in found_out if each.waiting]:
        yield "Waits for AWS:"
        yield from (f"  {name_of(each.urn)} ({type_of(each.urn)}): {waits(each)}" for each in in_window)
    if waiting:
        yield "Changes of the program, deployed with the repair:"
        for step in waiting:
            difference = Difference(step.urn, step.op, tuple(sorted(step.detailed_diff or ())))
            yield f"  {_line(difference, waiting=True)}"


def _line(each: Difference, waiting: bool = False) -> str:
    paths = f": {abridged(each.paths, _PATHS)}" if each.paths else ""
    what = said(each, TO_DO) if waiting else said(each)
    return f"{name_of(each.urn)} ({type_of(each.urn)}) {what}{paths}"
