"""A state is replaced as a whole or not at all, whenever it is interrupted."""

from pathlib import Path
from typing import Any

import pytest

from emulator.snapshots import contents, replacing
from tests.emulator.snapshots import sample


class Killed(BaseException):
    """Ends the process without any cleaning up."""


def prepared(state: Path) -> None:
    """An account, and beside it another one that is to replace it, with another cluster."""
    sample.account(state, "first")
    sample.account(state / replacing.NEW, "second", cluster="another")


def test_all_of_it_is_the_new_one(tmp_path: Path) -> None:
    prepared(tmp_path)
    expected = sample.read(tmp_path / replacing.NEW)
    replacing.replace(tmp_path, lambda _: None)
    assert sample.read(tmp_path) == expected
    assert not (tmp_path / "clusters" / sample.CLUSTER).exists()
    assert not list(tmp_path.glob(".*"))


def test_what_is_in_use_stays(tmp_path: Path) -> None:
    prepared(tmp_path)
    before = sample.read(tmp_path)

    def refuse(aside: Path) -> None:
        assert (aside / sample.STACK_FILE).exists()
        raise RuntimeError("in use")

    with pytest.raises(RuntimeError, match="in use"):
        replacing.replace(tmp_path, refuse)
    assert sample.read(tmp_path) == before


def moves(state: Path) -> int:
    """Number of renames of a replacement: what is moved aside, and what is put in its place."""
    return len(list(contents.pieces(state))) + len(list(contents.pieces(state / replacing.NEW)))


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "failed"])
def test_interrupted_after_any_step_it_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: bool) -> None:
    rename = Path.rename
    prepared(tmp_path / "0")
    before, steps = sample.read(tmp_path / "0"), moves(tmp_path / "0")
    assert steps > 10
    for step in range(steps + 1):
        state = tmp_path / f"at-{step}"
        prepared(state)
        count = iter(range(1000))

        def stopping(path: Path, target: Any, count: Any = count, step: int = step) -> Path:
            if next(count) == step:
                raise Killed if killed else OSError(28, "No space left on device")
            return rename(path, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", stopping)
            if killed:
                patch.setattr(replacing, "_undo", lambda _: None)
            with pytest.raises(Killed if killed else OSError):
                replacing.replace(state, lambda _: None)
        if killed:
            replacing.recover(state)
        assert sample.read(state) == before, f"after step {step}"
        assert not (state / ".replaced").exists()


def test_without_an_interrupted_one_nothing_is_done(tmp_path: Path) -> None:
    sample.account(tmp_path)
    before = sample.read(tmp_path)
    replacing.recover(tmp_path)
    assert sample.read(tmp_path) == before
    assert not replacing.lock(tmp_path).exists()


def test_a_new_state_needs_no_old_one(tmp_path: Path) -> None:
    sample.account(tmp_path / replacing.NEW)
    expected = sample.read(tmp_path / replacing.NEW)
    replacing.replace(tmp_path, lambda _: None)
    assert sample.read(tmp_path) == expected
