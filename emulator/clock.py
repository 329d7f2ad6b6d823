"""Converts between emulated and real time.

Operations of the simulated AWS take no time. Timeouts are those of the program, unless `OPENMARKET_EMULATOR_TIME` sets
the length of an emulated second: 0.05 turns a timeout of 20 minutes into one minute, for tests of failing deployments.
"""

import os
import time

_SECOND = float(os.environ.get("OPENMARKET_EMULATOR_TIME", "1"))

_REAL_SECONDS = 10
"""Shortest timeout in seconds, because the real control plane needs that long on a busy machine."""


def deadline(emulated: float) -> float:
    """Return the time after this many emulated seconds, on the clock of `time.monotonic()`."""
    return time.monotonic() + seconds(emulated)


def changed() -> bool:
    """Return whether the length of an emulated second differs from a real one."""
    return _SECOND != 1


def seconds(emulated: float) -> float:
    """Convert emulated seconds to real seconds."""
    return max(emulated * _SECOND, min(emulated, _REAL_SECONDS))


def remaining(moment: float) -> float:
    """Return the real seconds until a `deadline`; not positive if it has passed."""
    return moment - time.monotonic()


def passed(moment: float) -> bool:
    """Return whether a `deadline` has passed."""
    return time.monotonic() >= moment
