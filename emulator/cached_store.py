"""The simulated account as a process sees it that reads again and again what seldom changes."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from emulator.paths import DATABASE
from emulator.store import Store, StoredObject, Transaction


class CachedStore(Store):
    """A store that reads a type once until anything in the account changes. What it answers nobody may change."""

    def __init__(self, path: Path = DATABASE) -> None:
        super().__init__(path)
        self._reader = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        self._version = -1
        self._types: dict[str, list[StoredObject]] = {}

    def get(self, type_: str, id_: str) -> StoredObject | None:
        """The object of that type and id, or None."""
        return next((found for found in self._all(type_) if found.id == id_), None)

    def find(self, type_: str | None = None, **outputs: Any) -> list[StoredObject]:
        """Objects of a type whose outputs have the given values, oldest first; all objects without a type."""
        if type_ is None:
            return super().find(type_, **outputs)
        found = self._all(type_)
        return [each for each in found if all(each.outputs.get(key) == value for key, value in outputs.items())]

    def _all(self, type_: str) -> list[StoredObject]:
        with self._lock:
            # Another number as soon as any other connection, of this process or another, has committed a change.
            (version,) = self._reader.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._version = version
                self._types.clear()
            if type_ not in self._types:
                self._types[type_] = Transaction(self._reader).find(type_)
            return self._types[type_]
