"""How long the emulator waits.

AWS's own work costs no time here: nothing sleeps to look slow. Timeouts are honoured as the program sets them, unless
`OPENMARKET_EMULATOR_TIME` gives another length for an emulated second: 0.05 turns a 20 minute timeout into one minute,
which is what tests of failing deployments want.

`OPENMARKET_EMULATOR_SLOW` makes chosen resources slow, by patterns of their names, each with emulated seconds:
`*-policy-attachment=3600` creates every policy attachment an hour late. Whatever does not wait for it goes first, which
shows whether an ordering edge is missing.
"""

import fnmatch
import os
import time

_SECOND = float(os.environ.get("OPENMARKET_EMULATOR_TIME", "1"))


def deadline(seconds: float) -> float:
    """The moment, on `time.monotonic()`'s clock, that lies that many emulated seconds ahead."""
    return time.monotonic() + seconds * _SECOND


def passed(moment: float) -> bool:
    """Whether a `deadline` is over."""
    return time.monotonic() >= moment


def slowness(resource: str) -> float:
    """Emulated seconds by which the creation of the resource of that name is late; 0 for most."""
    rules = (rule.rpartition("=") for rule in os.environ.get("OPENMARKET_EMULATOR_SLOW", "").split(",") if rule)
    return max((float(seconds) for pattern, _, seconds in rules if fnmatch.fnmatchcase(resource, pattern)), default=0)


def dawdle(resource: str) -> None:
    """Wait as long as the resource of that name is to be late."""
    time.sleep(slowness(resource) * _SECOND)
