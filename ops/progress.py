"""Tells a terminal whom a command is asking, once it has been silent for two seconds."""

import sys
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

_QUIET_SECONDS = 2.0
_asking = threading.Lock()
"""Held by the first of several that ask at a time: it alone is shown."""
_begun: list[float] = []
"""When the process asked for the first time: short questions add up to a long silence too."""


@contextmanager
def asking(whom: str) -> Generator[None]:
    """Show `asking <whom>` on stderr while the block runs, if that is a terminal and the command has long been silent.

    The block must not print.
    """
    if not sys.stderr.isatty() or not _asking.acquire(blocking=False):
        yield
        return
    _begun.append(time.monotonic())
    shown, ended = ExitStack(), threading.Event()
    showing = threading.Lock()

    def show() -> None:
        from rich.console import Console

        with showing:
            if not ended.is_set():
                shown.enter_context(Console(file=sys.stderr, highlight=False).status(f"asking {whom}"))

    timer = threading.Timer(max(0.0, _begun[0] + _QUIET_SECONDS - time.monotonic()), show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with showing:
            ended.set()
            shown.close()
        _asking.release()
