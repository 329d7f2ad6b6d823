"""Where commands keep what they know of an emulated account, and what they leave behind."""

import os
from pathlib import Path

from analysis import stack_file

_STATE = "OPENMARKET_EMULATOR_STATE"
"""The variable by which the emulator tells commands that it stands in for AWS, and where its state is."""


def on_the_emulator() -> bool:
    """Return whether commands meet the emulator, and not AWS."""
    return _STATE in os.environ


def state_folder() -> Path:
    """Return the emulator's state folder, which another account has of its own; on AWS, the one of the project."""
    state = os.environ.get(_STATE)
    return Path(state).absolute() if state else stack_file.PROJECT / ".emulator"
