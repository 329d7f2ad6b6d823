"""Names the files in which operations leave what happened."""

from pathlib import Path

from ops.state_folder import state_folder


def log_of(stack: str, command: str) -> Path:
    """Return the file with what `pulumi <command>` printed last for the stack."""
    return _folder() / f"{stack}-{command}.log"


def record_of(stack: str, command: str) -> Path:
    """Return the file that records how long each resource took when `pulumi <command>` last changed the stack."""
    return _folder() / f"{stack}-{command}.timeline.json"


def _folder() -> Path:
    return state_folder() / "logs"
