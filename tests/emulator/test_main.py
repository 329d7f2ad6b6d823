"""What the emulator's commands say when they are asked for what cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emulator import __main__ as commands
from emulator.store import Store

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def binaries(tmp_path: Path) -> Path:
    """Stands for the toolchain's: a kubectl that answers nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("kubectl", "pulumi"):
        (folder / name).write_text("#!/bin/sh\nexit 3\n")
        (folder / name).chmod(0o755)
    return folder


def run(binaries: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return emulator(binaries, "run", "--stack", "prod", "--", *words)


def emulator(binaries: Path, *words: str) -> subprocess.CompletedProcess[str]:
    own = {
        "OPENMARKET_EMULATOR_STATE": str(binaries.parent / "state"),
        "OPENMARKET_EMULATOR_CACHE": str(binaries.parent / "cache"),
        "OPENMARKET_EMULATOR_BIN": str(binaries),
    }
    command = [sys.executable, "-m", "emulator", *words]
    return subprocess.run(command, cwd=PROJECT, env=os.environ | own, capture_output=True, text=True, check=False)


def test_a_command_that_cannot_be_run_is_named(binaries: Path) -> None:
    for words, said in (
        ("nosuch", "nosuch: no such command\n"),
        ("/", "/ cannot be run: Permission denied\n"),
    ):
        done = run(binaries, words)
        assert (done.returncode, done.stderr) == (1, said)


def test_kubectl_for_a_stack_without_a_cluster_says_how_to_get_one(binaries: Path) -> None:
    done = run(binaries, "kubectl", "get", "nodes")
    assert done.stderr == "Stack prod has no cluster on the emulator: `make up STACK=prod` creates it.\n"
    assert done.returncode == 3


@pytest.mark.parametrize("tag", ["", "a b", "-x", "x" * 129])
def test_what_is_no_tag_is_not_pushed(tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "Store", lambda: Store(tmp_path / "aws.sqlite"))
    done = CliRunner().invoke(commands.app, ["push", "--", "openmarket-dev/backend-api", tag])
    assert done.exit_code == 1
    assert f"tag {tag!r}: letters" in str(done.output)


def test_state_that_cannot_be_read_is_told_in_one_line(binaries: Path) -> None:
    state = binaries.parent / "state"
    state.mkdir()
    (state / "aws.sqlite").write_text("not a database, and long enough to be looked at as one")
    done = emulator(binaries, "status")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"{state} cannot be used: file is not a database" in done.stderr


def test_a_record_that_was_cut_off_stops_no_command(binaries: Path) -> None:
    records = binaries.parent / "state" / "processes"
    records.mkdir(parents=True)
    (records / "cut.json").write_text("{")
    (records / "older.json").write_text('{"pid": 1}')
    for command in ("status", "down"):
        done = emulator(binaries, command)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_copy_that_is_no_yaml_is_named(binaries: Path) -> None:
    assert run(binaries, "pulumi", "version").returncode == 3
    (binaries.parent / "state" / "project" / "Pulumi.dev.yaml").write_text("{bad")
    done = run(binaries, "pulumi", "version")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "state/project/Pulumi.dev.yaml: " in done.stderr
