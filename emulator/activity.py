"""Whether an engine computes, or waits: a busy machine can keep it from its next request for many seconds."""

import os
from collections.abc import Collection, Generator
from contextlib import suppress
from pathlib import Path

from emulator.processes import stat_fields, thread_states

_AT_WORK = frozenset("RD")
"""States of a thread that runs, or waits for a processor or for the disk (proc_pid_stat(5))."""


def computes(engine: int, without: Collection[int] = ()) -> bool:
    """Return whether a thread of the engine or of a process below it is at work; no where the machine lacks `/proc`.

    Not counted are the caller, the processes in `without`, and background processes, which have a session of their
    own; each with what is below it.
    """
    left_out = {os.getpid(), *without}
    parents = dict(_parents())
    family = {engine}
    grown = True
    while grown:
        found = {child for child, parent in parents.items() if parent in family} - family - left_out
        family |= found
        grown = bool(found)
    return any(state in _AT_WORK for process in family for state in thread_states(process))


def _parents() -> Generator[tuple[int, int]]:
    """Every process that has the session of its parent, and that parent."""
    facts: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            _, parent, _, session, *_ = stat_fields(stat)
            facts[int(stat.parent.name)] = int(parent), int(session)
    for process, (parent, session) in facts.items():
        if facts.get(parent, (0, 0))[1] == session:
            yield process, parent
