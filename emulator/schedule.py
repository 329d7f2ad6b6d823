"""In which order independent resources are worked on, when `OPENMARKET_EMULATOR_SCHEDULE` asks for a bad one.

`late:<patterns>` makes the resources of these names (with `*`, by commas) as late as the graph allows: they are not
created, changed or deleted while the engine has anything else to do. `late:<number>` does that to half of all
resources, which half depends on the number, and `early:<number>` to the other half. Whatever should have waited for a
late resource, and does not say so, goes first: that shows whether an ordering edge is missing.

The engine must be free to start what it likes: give it `--parallel` with more than there are late resources.
"""

import fnmatch
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

from emulator.paths import STATE

_QUIET_SECONDS = 4
"""Without any work going on, after which the engine is taken to have nothing else to do."""

_QUIET_SECONDS_OF_HALVES = 2
"""The same for half of all resources, which are let go many times: once too early does no harm."""

_POLL_SECONDS = 0.1
_FOLDER = STATE / "schedule"
_HELD, _RUNNING = "held", "running"
_CHANGE, _WAVE = "change", "wave"
"""Files whose times say when work last came or went, and when late work was last let go."""


def is_late(resource: str, schedule: str) -> bool:
    """Whether the schedule makes the resource of that name late."""
    kind, _, which = schedule.partition(":")
    if kind not in ("late", "early") or not which or (kind == "early" and not which.isdigit()):
        raise ValueError(
            f"OPENMARKET_EMULATOR_SCHEDULE is {schedule!r}; it takes late:<patterns>, late:<number> or early:<number>"
        )
    if which.isdigit():
        half = hashlib.sha256(f"{which}/{resource}".encode()).digest()[0] % 2 == 0
        return half == (kind == "late")
    return any(fnmatch.fnmatchcase(resource, pattern) for pattern in which.split(","))


@contextmanager
def turn(resource: str, cancelled: Callable[[], bool] = lambda: False) -> Generator[None]:
    """Work on the resource inside: it starts when its turn has come."""
    schedule = os.environ.get("OPENMARKET_EMULATOR_SCHEDULE", "")
    if not schedule:
        yield
        return
    _FOLDER.mkdir(parents=True, exist_ok=True)
    # Plugins are processes of their own: each piece of work is a file, so that all of them see it.
    work = _FOLDER / f"{os.getpid()}.{uuid.uuid4().hex}"
    try:
        if is_late(resource, schedule):
            work.write_text(_HELD)
            arrived = _touch(_CHANGE)
            pause = _QUIET_SECONDS_OF_HALVES if schedule.partition(":")[2].isdigit() else _QUIET_SECONDS
            while not cancelled() and _moment(_WAVE) <= arrived:
                if quiet(_work(), _moment(_CHANGE), time.time(), pause):
                    # Everything that has been held until now goes at once: one by one would take hours.
                    _touch(_WAVE)
                time.sleep(_POLL_SECONDS)
        work.write_text(_RUNNING)
        yield
    finally:
        work.unlink(missing_ok=True)
        # What follows from this work has yet to start.
        _touch(_CHANGE)


def notice() -> None:
    """The engine asked something, so it has not come to the end of what it can start."""
    if os.environ.get("OPENMARKET_EMULATOR_SCHEDULE"):
        _FOLDER.mkdir(parents=True, exist_ok=True)
        _touch(_CHANGE)


def quiet(work: Iterable[str], changed: float, now: float, pause: float = _QUIET_SECONDS) -> bool:
    """Whether nothing but late work is left: by the states of all work, and when some of it last came or went."""
    return now - changed >= pause and all(state == _HELD for state in work)


def _work() -> Generator[str]:
    for path in _FOLDER.glob("*.*"):
        owner = path.name.partition(".")[0]
        if not Path(f"/proc/{owner}").exists():
            path.unlink(missing_ok=True)
            continue
        with suppress(FileNotFoundError):
            yield path.read_text()


def _touch(name: str) -> float:
    now = time.time()
    _FOLDER.joinpath(name).write_text("")
    os.utime(_FOLDER / name, (now, now))
    return now


def _moment(name: str) -> float:
    try:
        return _FOLDER.joinpath(name).stat().st_mtime
    except FileNotFoundError:
        return 0.0
