"""Delays operations on resources as long as the dependency graph allows, to expose missing dependencies.

`OPENMARKET_EMULATOR_SCHEDULE` selects the delayed resources. `late:<patterns>` delays those whose names match one of
the comma separated patterns: they are not created, updated or deleted while the engine has anything else to do.
`late:<number>` delays half of all resources, which the number selects, and `early:<number>` the other half. A resource
that lacks a dependency on a delayed one is then processed before it, and the deployment fails.

The engine's `--parallel` must be larger than the number of delayed resources.
"""

import fnmatch
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

from emulator import activity
from emulator.paths import STATE

_QUIET_SECONDS = 4
"""Seconds without activity after which the engine is assumed to have nothing else to do.

It is active while it or the program computes, too, so that a busy machine does not make it seem idle.
"""

_QUIET_SECONDS_OF_HALVES = 2
"""The same if half of all resources are delayed, which are released often, so that one early release does no harm."""

_POLL_SECONDS = 0.1
_STALL_SECONDS = 1
"""A poll that took longer shows that the machine let nobody work, so that nothing can be concluded from the silence."""
_FOLDER = STATE / "schedule"
_HELD, _RUNNING = "held", "running"
_CHANGE, _WAVE = "change", "wave"
"""Files whose times record when an operation last began or ended, and when delayed ones were last released."""


def is_late(resource: str, schedule: str) -> bool:
    """Return whether the schedule delays the resource with this name."""
    kind, _, which = schedule.partition(":")
    if kind not in ("late", "early") or not which or (kind == "early" and not which.isdigit()):
        raise ValueError(
            f"OPENMARKET_EMULATOR_SCHEDULE is {schedule!r}; it must be late:<patterns>, late:<number> or early:<number>"
        )
    if which.isdigit():
        half = hashlib.sha256(f"{which}/{resource}".encode()).digest()[0] % 2 == 0
        return half == (kind == "late")
    return any(fnmatch.fnmatchcase(resource, pattern) for pattern in which.split(","))


@contextmanager
def turn(resource: str, cancelled: Callable[[], bool] = lambda: False) -> Generator[None]:
    """Wait until an operation on the resource may begin, and record that it is running until the block ends."""
    schedule = os.environ.get("OPENMARKET_EMULATOR_SCHEDULE", "")
    if not schedule:
        yield
        return
    _FOLDER.mkdir(parents=True, exist_ok=True)
    # Plugins are separate processes, so each operation is recorded in a file that all of them see.
    work = _FOLDER / f"{os.getpid()}.{uuid.uuid4().hex}"
    try:
        if is_late(resource, schedule):
            work.write_text(_HELD)
            pause = _QUIET_SECONDS_OF_HALVES if schedule.partition(":")[2].isdigit() else _QUIET_SECONDS
            _wait_until_released(work, pause, cancelled)
        work.write_text(_RUNNING)
        yield
    finally:
        work.unlink(missing_ok=True)
        # Operations that depend on this one have yet to begin.
        _touch(_CHANGE)


def _wait_until_released(work: Path, pause: float, cancelled: Callable[[], bool]) -> None:
    arrived = polled = _touch(_CHANGE)
    while not cancelled() and _moment(_WAVE) <= arrived:
        states, now = _work(), time.time()
        # One of those that wait looks for all of them.
        if work.name == min(states, default=""):
            holders = {int(name.partition(".")[0]) for name in states}
            if now - polled > _STALL_SECONDS or activity.computes(os.getppid(), without=holders):
                _touch(_CHANGE)
            elif quiet(states.values(), _moment(_CHANGE), now, pause):
                # All delayed operations are released at once, because one by one would take hours.
                _touch(_WAVE)
        polled = now
        time.sleep(_POLL_SECONDS)


def record_request() -> None:
    """Record that the engine sent a request, so it can still begin other operations."""
    if os.environ.get("OPENMARKET_EMULATOR_SCHEDULE"):
        _FOLDER.mkdir(parents=True, exist_ok=True)
        _touch(_CHANGE)


def quiet(work: Iterable[str], changed: float, now: float, pause: float = _QUIET_SECONDS) -> bool:
    """Return whether only delayed operations are left, by the states of all, and the time of the last activity."""
    return now - changed >= pause and all(state == _HELD for state in work)


def _work() -> dict[str, str]:
    """The state of every operation, by the name of its file."""
    found: dict[str, str] = {}
    for path in _FOLDER.glob("*.*"):
        owner = path.name.partition(".")[0]
        if not Path(f"/proc/{owner}").exists():
            path.unlink(missing_ok=True)
            continue
        with suppress(FileNotFoundError):
            found[path.name] = path.read_text()
    return found


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
