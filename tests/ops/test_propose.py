"""A changed stack file becomes one pull request, renewed while it is open."""

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis import stack_file
from ops.__main__ import app
from tests.ops.fake_github import REPOSITORY, FakeGitHub

FILE = "Pulumi.dev.yaml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stack_file, "PROJECT", tmp_path)
    (tmp_path / FILE).write_text("image: new\n")
    for words in ("init -q", "-c user.name=t -c user.email=t@example.com commit -q --allow-empty -m base"):
        subprocess.run(["git", *words.split()], cwd=tmp_path, check=True)
    return tmp_path


def propose(*options: str) -> Result:
    return CliRunner().invoke(app, ["propose", "--repository", REPOSITORY, *options])


def test_a_change_is_proposed_once_and_renewed(github: FakeGitHub, project: Path) -> None:
    github.files[FILE] = "image: old\n"
    assert propose().output == "https://github.test/p/1\n"
    (project / FILE).write_text("image: newer\n")
    assert propose().output == "https://github.test/p/1\n"
    assert len(github.pulls) == 1
    (branch,) = github.branches.values()
    # One commit each time, not one more on the last; and on what was checked out, whatever main has got since.
    git = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project, check=True, capture_output=True, text=True)
    assert json.loads(branch["object"]["sha"]) == [[git.stdout.strip()], "tree of image: newer\n"]


def test_what_is_merged_already_is_not_proposed(github: FakeGitHub, project: Path) -> None:
    github.files[FILE] = (project / FILE).read_text()
    assert "nothing to propose" in propose().output
    assert github.writes == []


def test_without_a_commit_nothing_is_proposed(github: FakeGitHub, project: Path) -> None:
    (project / ".git" / "HEAD").unlink()
    result = propose()
    assert result.exit_code == 1
    assert "the commit that is checked out cannot be determined" in result.output
    assert github.writes == []


def test_an_unknown_stack_is_refused(project: Path) -> None:
    result = propose("--stack", "test")
    assert result.exit_code == 1
    assert "there is no stack 'test': the stacks are dev" in result.output
