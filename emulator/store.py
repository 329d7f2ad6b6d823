"""Stores the objects of the simulated AWS account in a SQLite file.

Provider plugins are separate processes that share only this store. Values are plain JSON with the provider's property
names (`vpcId`, `cidrBlock`).
"""

import json
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator.paths import DATABASE

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    type TEXT NOT NULL, id TEXT NOT NULL, urn TEXT NOT NULL, status TEXT NOT NULL, created REAL NOT NULL,
    inputs TEXT NOT NULL, outputs TEXT NOT NULL,
    PRIMARY KEY (type, id)
);
"""

ACTIVE = "active"
PENDING_DELETION = "pending-deletion"
"""Status of an object that is deleted, but keeps its name or waits for a period (KMS keys, secrets)."""


@dataclass(frozen=True)
class StoredObject:
    """An AWS object. `type` is Pulumi's type token such as `aws:ec2/vpc:Vpc`; `urn` is empty if AWS created it."""

    type: str
    id: str
    urn: str = ""
    status: str = ACTIVE
    created: float = field(default_factory=time.time)
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Store:
    """Reads and writes the simulated account. It is safe to use from several processes and threads."""

    def __init__(self, path: Path = DATABASE) -> None:
        self._path = path
        if not path.exists():
            _create(path)

    @property
    def folder(self) -> Path:
        """Folder of the account's file and of other files that belong to the account."""
        return self._path.parent

    def copy(self, path: Path) -> None:
        """Copy the account, as it is at one moment, to a new file that only its owner may read."""
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with self._connect() as account, closing(sqlite3.connect(path)) as target:
            account.backup(target)

    def _connect(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._path, timeout=30, isolation_level=None))

    @contextmanager
    def transaction(self) -> Generator["Transaction"]:
        """Run the block as one transaction, so that a check and the change that depends on it are atomic."""
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def get(self, type_: str, id_: str) -> StoredObject | None:
        """Return the object of this type and id; None if there is none."""
        with self._connect() as connection:
            return Transaction(connection).get(type_, id_)

    def find(self, type_: str | None = None, **outputs: Any) -> list[StoredObject]:
        """Return the objects of a type (None for all) whose outputs have these values, the oldest first."""
        with self._connect() as connection:
            return Transaction(connection).find(type_, **outputs)


def _create(path: Path) -> None:
    """Create the file, unless another process does. SQLite's switch to WAL does not wait for its lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The file contains simulated secrets, so only its owner may read it, as `mkstemp` ensures.
    descriptor, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    os.close(descriptor)
    with closing(sqlite3.connect(temporary)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(_SCHEMA)
    with suppress(FileExistsError):
        path.hardlink_to(temporary)
    Path(temporary).unlink()


class Transaction:
    """The operations of a `Store` on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, stored: StoredObject) -> None:
        """Create the object, or replace the one with the same type and id."""
        self._connection.execute(
            "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                stored.type, stored.id, stored.urn, stored.status, stored.created,
                json.dumps(stored.inputs, sort_keys=True), json.dumps(stored.outputs, sort_keys=True),
            ),
        )  # fmt: skip

    def remove(self, type_: str, id_: str) -> None:
        """Remove the object. It is no error if there is none."""
        self._connection.execute("DELETE FROM objects WHERE type = ? AND id = ?", (type_, id_))

    def get(self, type_: str, id_: str) -> StoredObject | None:
        """Return the object of this type and id; None if there is none."""
        rows = self._connection.execute("SELECT * FROM objects WHERE type = ? AND id = ?", (type_, id_)).fetchall()
        return _from_row(rows[0]) if rows else None

    def find(self, type_: str | None = None, **outputs: Any) -> list[StoredObject]:
        """Return the objects of a type (None for all) whose outputs have these values, the oldest first."""
        rows = self._connection.execute(
            "SELECT * FROM objects WHERE ? IS NULL OR type = ? ORDER BY created, id", (type_, type_)
        ).fetchall()
        found = (_from_row(row) for row in rows)
        return [o for o in found if all(o.outputs.get(key) == value for key, value in outputs.items())]


class CachedStore(Store):
    """A store that caches what it reads until anything in the account changes. Callers must not modify the objects."""

    def __init__(self, path: Path = DATABASE) -> None:
        super().__init__(path)
        self._reader = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        self._version = -1
        self._types: dict[str, list[StoredObject]] = {}

    def version(self) -> int:
        """Return a number that differs when any process has changed the account. It costs no read of the file."""
        with self._lock:
            return self._current()

    def get(self, type_: str, id_: str) -> StoredObject | None:
        """Return the object of this type and id; None if there is none."""
        return next((found for found in self._all(type_) if found.id == id_), None)

    def find(self, type_: str | None = None, **outputs: Any) -> list[StoredObject]:
        """Return the objects of a type (None for all) whose outputs have these values, the oldest first."""
        if type_ is None:
            return super().find(type_, **outputs)
        found = self._all(type_)
        return [each for each in found if all(each.outputs.get(key) == value for key, value in outputs.items())]

    def _all(self, type_: str) -> list[StoredObject]:
        with self._lock:
            version = self._current()
            if version != self._version:
                self._version = version
                self._types.clear()
            if type_ not in self._types:
                self._types[type_] = Transaction(self._reader).find(type_)
            return self._types[type_]

    def _current(self) -> int:
        # The number changes when another connection, of this process or another one, commits a change.
        return int(self._reader.execute("PRAGMA data_version").fetchone()[0])


def _from_row(row: tuple[str, str, str, str, float, str, str]) -> StoredObject:
    type_, id_, urn, status, created, inputs, outputs = row
    return StoredObject(type_, id_, urn, status, created, json.loads(inputs), json.loads(outputs))
