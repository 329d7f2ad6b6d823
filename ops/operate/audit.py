"""Leaves a line about everything that a command did: when, as whom, where, what, and how it ended."""

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from ops.caller import Caller
from ops.state_folder import state_folder


class AuditTrail:
    """The file with a line of JSON per act, in the state's folder. It is opened before the act: no act without a line.

    Raises:
        OSError: The file cannot be written.
    """

    def __init__(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    @property
    def file(self) -> Path:
        """The file's place, which is the same for all stacks."""
        return state_folder() / "audit.jsonl"

    def leave(self, who: Caller, stack: str, command: str, outcome: str, says: str) -> None:
        """Append a line, at once, so that two commands do not mix theirs, and close the file.

        `outcome` is `done`, `failed` or `interrupted`, and `says` the sentence that the command ended with.
        """
        time = datetime.now(UTC).isoformat(timespec="seconds")
        line = {"time": time, **asdict(who), "stack": stack, "command": command, "outcome": outcome, "says": says}
        os.write(self._descriptor, f"{json.dumps(line, ensure_ascii=False)}\n".encode())
        os.close(self._descriptor)
