"""Notices that the process that started this one has ended, as an engine that is killed does without a word."""

import os
import threading
import time
from collections.abc import Callable

_POLL_SECONDS = 1
_PARENT = os.getppid()
"""The process that started this one; taken early, as it may have ended before anybody asks."""


def on_end(act: Callable[[], object]) -> None:
    """Call `act`, in a thread of its own, once the process that started this one has ended."""

    def wait() -> None:
        # Plugins live as long as a command. There is no signal for this that macOS has, too.
        while os.getppid() == _PARENT:
            time.sleep(_POLL_SECONDS)
        act()

    threading.Thread(target=wait, name="parent", daemon=True).start()
