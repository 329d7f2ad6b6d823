"""The simulated account: every AWS object that exists, in one SQLite file.

Each provider plugin is its own process, so the store is the only thing they share. A value is plain JSON, as the
provider's property names spell it (`vpcId`, `cidrBlock`).
"""

import json
import os
import sqlite3
import tempfile
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
"""Gone for the program, but still holding its name or waiting out a period (KMS keys, secrets)."""


@dataclass(frozen=True)
class StoredObject:
    """One AWS object. `type` is Pulumi's token, like `aws:ec2/vpc:Vpc`; `urn` is empty for what AWS made itself."""

    type: str
    id: str
    urn: str = ""
    status: str = ACTIVE
    created: float = field(default_factory=time.time)
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Store:
    """Reads and writes the simulated account. Safe to use from several processes and threads."""

    def __init__(self, path: Path = DATABASE) -> None:
        self._path = path
        if not path.exists():
            _create(path)

    @property
    def folder(self) -> Path:
        """Where the account is kept, and what belongs to it."""
        return self._path.parent

    def _connect(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._path, timeout=30, isolation_level=None))

    @contextmanager
    def transaction(self) -> Generator["Transaction"]:
        """Everything read and written inside happens at once: checks and the change that they allow belong together."""
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def get(self, type_: str, id_: str) -> StoredObject | None:
        """The object of that type and id, or None."""
        with self._connect() as connection:
            return Transaction(connection).get(type_, id_)

    def find(self, type_: str | None = None, **outputs: Any) -> list[StoredObject]:
        """Objects of a type whose outputs have the given values, oldest first; all objects without a type."""
        with self._connect() as connection:
            return Transaction(connection).find(type_, **outputs)


def _create(path: Path) -> None:
    """Create the file, unless another process does so first: SQLite's switch to WAL does not wait for its lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Simulated secrets live here, so nobody else on the machine may read it: mkstemp sees to that.
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
        """Create the object, or replace the one of the same type and id."""
        self._connection.execute(
            "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                stored.type, stored.id, stored.urn, stored.status, stored.created,
                json.dumps(stored.inputs, sort_keys=True), json.dumps(stored.outputs, sort_keys=True),
            ),
        )  # fmt: skip

    def remove(self, type_: str, id_: str) -> None:
        """Forget the object; no error if there is none."""
        self._connection.execute("DELETE FROM objects WHERE type = ? AND id = ?", (type_, id_))

    def get(self, type_: str, id_: str) -> StoredObject | None:
        """The object of that type and id, or None."""
        rows = self._connection.execute("SELECT * FROM objects WHERE type = ? AND id = ?", (type_, id_)).fetchall()
        return _from_row(rows[0]) if rows else None

    def find(self, type_: str | None = None, **outputs: Any) -> list[StoredObject]:
        """Objects of a type whose outputs have the given values, oldest first; all objects without a type."""
        rows = self._connection.execute(
            "SELECT * FROM objects WHERE ? IS NULL OR type = ? ORDER BY created, id", (type_, type_)
        ).fetchall()
        found = (_from_row(row) for row in rows)
        return [o for o in found if all(o.outputs.get(key) == value for key, value in outputs.items())]


def _from_row(row: tuple[str, str, str, str, float, str, str]) -> StoredObject:
    type_, id_, urn, status, created, inputs, outputs = row
    return StoredObject(type_, id_, urn, status, created, json.loads(inputs), json.loads(outputs))
