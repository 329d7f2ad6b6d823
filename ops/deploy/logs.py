"""Names the files in which operations leave what happened."""

import os
from pathlib import Path

from analysis import stack_file


def log_of(stack: str, command: str) -> Path:
    """Return the file with what `pulumi <command>` printed last for the stack."""
    return _folder() / f"{stack}-{command}.log"


def record_of(stack: str, command: str) -> Path:
    """Return the file that records how long each resource took when `pulumi <command>` last changed the stack."""
    return _folder() / f"{stack}-{command}.timeline.json"


def _folder() -> Path:
    # On the emulator, a state folder of its own has logs of its own.
    state = os.environ.get("OPENMARKET_EMULATOR_STATE")
    return (Path(state) if state else stack_file.PROJECT / ".emulator") / "logs"
