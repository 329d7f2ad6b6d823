"""Operations of the engine are known by their locks, and killed ones are told apart."""

import subprocess
import sys
from pathlib import Path

from emulator.snapshots import operations
from tests.emulator.snapshots import sample


def test_none(tmp_path: Path) -> None:
    assert list(operations.found(tmp_path / "backend")) == []


def test_one_that_runs(tmp_path: Path) -> None:
    sample.lock(tmp_path)
    (found,) = operations.found(tmp_path / "backend")
    assert (found.stack, found.killed) == ("dev", False)


def test_one_that_was_killed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    sample.lock(tmp_path, ended.pid)
    assert list(operations.found(tmp_path / "backend")) == [operations.Operation("dev", ended.pid, True)]


def test_on_another_machine_nobody_knows(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    lock = sample.lock(tmp_path, ended.pid)
    lock.write_text(lock.read_text().replace('"hostname": "', '"hostname": "not-'))
    (found,) = operations.found(tmp_path / "backend")
    assert not found.killed


def test_a_lock_that_is_being_written_is_one(tmp_path: Path) -> None:
    sample.lock(tmp_path).write_text('{"pid":')
    assert list(operations.found(tmp_path / "backend")) == [operations.Operation("dev", 0, False)]
