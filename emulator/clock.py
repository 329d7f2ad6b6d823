"""How long the emulator waits.

AWS's own work costs no time here: nothing sleeps to look slow. Timeouts are honoured as the program sets them, unless
`OPENMARKET_EMULATOR_TIME` gives another length for an emulated second: 0.05 turns a 20 minute timeout into one minute,
which is what tests of failing deployments want.
"""

import os
import time

_SECOND = float(os.environ.get("OPENMARKET_EMULATOR_TIME", "1"))

_REAL_SECONDS = 10
"""What the control plane needs for anything on a busy machine: it is real, and no clock makes it faster."""


def deadline(emulated: float) -> float:
    """The moment, on `time.monotonic()`'s clock, that lies that many emulated seconds ahead."""
    return time.monotonic() + seconds(emulated)


def changed() -> bool:
    """Whether an emulated second has another length than a real one."""
    return _SECOND != 1


def seconds(emulated: float) -> float:
    """How many real seconds so many emulated ones take."""
    return max(emulated * _SECOND, min(emulated, _REAL_SECONDS))


def passed(moment: float) -> bool:
    """Whether a `deadline` is over."""
    return time.monotonic() >= moment
