"""Finds operations of the engine that change a stack, by the locks in its backend."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = Path(".pulumi") / "locks"
"""Folder of the backend, which has a folder for each stack, with a file for each lock."""


@dataclass(frozen=True)
class Operation:
    """An operation that holds a lock.

    Attributes:
        stack: Name of the stack.
        pid: Its process; 0 if the lock does not say.
        killed: Whether the process does not run any more, so that the lock stays until `pulumi cancel`.
    """

    stack: str
    pid: int
    killed: bool


def found(backend: Path) -> Iterator[Operation]:
    """Yield the operations that hold a lock in the backend's folder."""
    for file in sorted((backend / LOCKS).rglob("*.json")):
        try:
            lock: Any = json.loads(file.read_text())
            pid, host = int(lock["pid"]), str(lock["hostname"])
        except FileNotFoundError:
            continue  # it has ended meanwhile
        except (OSError, ValueError, KeyError, TypeError):
            pid, host = 0, ""  # it is being written
        yield Operation(file.parent.name, pid, host == socket.gethostname() and pid > 0 and not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
