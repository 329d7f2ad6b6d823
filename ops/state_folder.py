"""Where commands keep what they know of an emulated account, and what they leave behind."""

import os
from pathlib import Path

from analysis import stack_file


def state_folder() -> Path:
    """Return the emulator's state folder, which another account has of its own; on AWS, the one of the project."""
    state = os.environ.get("OPENMARKET_EMULATOR_STATE")
    return Path(state).absolute() if state else stack_file.PROJECT / ".emulator"
