"""What is wrong with a variable of `make` is said in one line, before anything is built or run."""

import os
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.__main__ import app

PROJECT = Path(__file__).resolve().parents[2]
OF_A_STACK = ("up", "preview", "plan", "rehearse", "smoke", "images", "drift", "cost", "destroy")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    """What make would run when called from a shell, though these tests may themselves run under `make test`."""
    shell = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", "-n", *words], cwd=PROJECT, env=shell, capture_output=True, text=True, check=False)


def refused(said: str, *words: str) -> None:
    result = make(*words)
    assert result.returncode != 0
    assert result.stdout == ""
    assert said in result.stderr


@pytest.mark.parametrize("target", OF_A_STACK)
def test_a_stack_that_is_none_is_refused(target: str) -> None:
    refused("STACK is empty: one of dev", target, "STACK=")
    for name in ("nope", "de", "%", "dev prod"):
        refused(f"STACK={name}: one of dev", target, f"STACK={name}")
    assert make(target, "STACK=prod").returncode == 0


@pytest.mark.parametrize(
    ("target", "variable", "said"),
    [
        ("rehearse", "BASE=", "BASE is empty: a branch or commit, such as BASE=origin/main"),
        ("rehearse", "BASE=a b", "BASE=a b: one branch or commit"),
        ("up", "CHARTS=", "CHARTS=: emulated, or upstream for"),
        ("up", "CHARTS=emulated upstream", "CHARTS=emulated upstream: emulated, or upstream for"),
        ("up", "CHARTS=docs", "or a folder of charts"),
        ("images", "SERVICES=", "SERVICES=: all, or one service"),
        ("images", "SERVICES=a b", "SERVICES=a b: all, or one service"),
    ],
)
def test_a_wrong_variable_is_refused(target: str, variable: str, said: str) -> None:
    refused(said, target, variable)


def test_what_needs_no_stack_does_not_ask_for_one() -> None:
    for target in ("help", "test", "lint", "down"):
        assert make(target, "STACK=", "BASE=", "SERVICES=").returncode == 0


@pytest.mark.parametrize("base", ["--help", "--output=/nowhere", "nope", ""])
def test_a_base_that_is_no_commit_is_named(base: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["rehearse", f"--base={base}", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert f"{base!r} is not a commit of this repository" in result.output
    assert "usage" not in result.output
