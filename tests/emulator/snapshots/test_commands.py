"""The commands say what they did, or in one sentence why not."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from emulator import __main__ as emulator
from emulator.snapshots import commands, identity
from emulator.snapshots.collection import Snapshots
from emulator.workspace import BadFile
from tests.emulator.snapshots import sample


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder with an account, whose control planes are played."""
    sample.account(tmp_path / "state")

    def here(folder: Path, state: Path, identity: object, control_plane: object) -> Snapshots:
        del folder, state, identity, control_plane
        return sample.snapshots(tmp_path / "state")

    monkeypatch.setattr(commands, "Snapshots", here)
    return tmp_path / "state"


def run(*words: str) -> Any:
    return CliRunner().invoke(emulator.app, words)


def test_saved_and_restored() -> None:
    contents = "stacks dev, 2 AWS objects, control planes shop-dev."
    assert contents in run("save", "one").output
    restored = run("restore", "one").output
    assert contents in restored
    assert "The next command starts the control planes." in restored


def test_the_list() -> None:
    assert run("snapshots").output.startswith("No snapshots in ")
    run("save", "one")
    listed = run("snapshots").output
    assert "one" in listed
    assert "MB" in listed
    (found,) = json.loads(run("snapshots", "--json").output).values()
    assert (found["stacks"], found["identity"]["project"], "files" in found) == (["dev"], "shop", False)


def test_a_problem_is_listed_too(state: Path) -> None:
    run("save", "one")
    (state / "snapshots" / "one" / "manifest.json").write_text("{}")
    assert "has the format None" in " ".join(run("snapshots").output.split())
    assert json.loads(run("snapshots", "--json").output)["one"]["problem"].startswith("snapshot one has the format")


def test_one_is_removed() -> None:
    run("save", "one")
    assert run("snapshots", "--remove", "one").output == "Removed one.\n"
    assert json.loads(run("snapshots", "--json").output) == {}


@pytest.mark.parametrize("words", [("restore", "one"), ("snapshots", "--remove", "one"), ("save", "a/b")])
def test_what_cannot_be_done_is_one_sentence(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert "snapshot" in done.output


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            PermissionError(13, "Permission denied", "/shared"),
            "cannot be used: [Errno 13] Permission denied: '/shared'",
        ),
        (BadFile("Pulumi.yaml: line 2 repeats the key name of line 1"), "Pulumi.yaml: line 2 repeats the key name"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(monkeypatch: pytest.MonkeyPatch, error: Exception, said: str) -> None:
    def unreadable() -> None:
        raise error

    monkeypatch.setattr(identity, "current", unreadable)
    done = run("snapshots")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert said in done.output
