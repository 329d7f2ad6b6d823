"""`./openmarket` runs the project's commands from a plain shell, and says what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def run(launcher: Path, *words: str, folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Run it as a new shell would, with nothing of this Python's environment."""
    return subprocess.run(
        [str(launcher), *words], cwd=folder, env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_it_runs_commands_from_any_folder(tmp_path: Path) -> None:
    project = tmp_path / "project"
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    shutil.copy(PROJECT / "openmarket", project)
    for name in ("ops", "analysis", "components"):
        (project / name).symlink_to(PROJECT / name)
    done = run(project / "openmarket", "ops", "--help", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "addon-versions" in done.stdout


def test_without_an_environment_it_says_what_to_run(tmp_path: Path) -> None:
    shutil.copy(PROJECT / "openmarket", tmp_path)
    done = run(tmp_path / "openmarket", "ops", "cost")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "run `make up`" in done.stderr


def test_something_else_is_answered_with_its_usage() -> None:
    for words in ((), ("nope",)):
        done = run(PROJECT / "openmarket", *words)
        assert done.returncode == 2
        assert "./openmarket ops|emulator" in done.stderr
