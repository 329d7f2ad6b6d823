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
    own = {
        "OPENMARKET_EMULATOR_STATE": str(binaries.parent / "state"),
        "OPENMARKET_EMULATOR_CACHE": str(binaries.parent / "cache"),
        "OPENMARKET_EMULATOR_BIN": str(binaries),
    }
    command = [sys.executable, "-m", "emulator", "run", "--stack", "prod", "--", *words]
    return subprocess.run(command, cwd=PROJECT, env=os.environ | own, capture_output=True, text=True, check=False)


def test_a_command_that_cannot_be_run_is_named(binaries: Path) -> None:
    for words, said in (("nosuch", "nosuch: no such command\n"), ("/", "/ cannot be run: Permission denied\n")):
        done = run(binaries, words)
        assert (done.returncode, done.stderr) == (1, said)


def test_kubectl_for_a_stack_without_a_cluster_says_how_to_get_one(binaries: Path) -> None:
    done = run(binaries, "kubectl", "get", "nodes")
    assert done.stderr == "Stack prod has no cluster here: `make up STACK=prod` makes it.\n"
    assert done.returncode == 3


@pytest.mark.parametrize("tag", ["", "a b", "-x", "x" * 129])
def test_what_is_no_tag_is_not_pushed(tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "Store", lambda: Store(tmp_path / "aws.sqlite"))
    done = CliRunner().invoke(commands.app, ["push", "--", "openmarket-dev/backend-api", tag])
    assert done.exit_code == 1
    assert f"tag {tag!r}: letters" in str(done.output)
