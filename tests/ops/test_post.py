"""A stack's comment is made once and renewed afterwards, on the right pull request only."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.github_api import LIMIT
from ops.post import MARKER
from tests.ops.fake_github import REPOSITORY, FakeGitHub

HEAD, COMMIT = "someone:change", "a" * 40


def post(folder: Path, **options: str) -> Result:
    chosen = {"repository": REPOSITORY, "head": HEAD, "commit": COMMIT} | options
    words = [word for key, value in chosen.items() for word in (f"--{key}", value)]
    return CliRunner().invoke(app, ["post", str(folder), *words])


def write(folder: Path, stack: str, text: str = "text") -> str:
    body = f"{MARKER.format(stack=stack)}\n{text}"
    (folder / f"{stack}.md").write_text(body)
    return body


def test_each_stack_has_a_comment_that_the_next_run_renews(github: FakeGitHub, tmp_path: Path) -> None:
    github.add_pull(HEAD, COMMIT)
    first = [write(tmp_path, "dev"), write(tmp_path, "prod")]
    assert post(tmp_path).exit_code == 0
    assert [each["body"] for each in github.comments] == first
    second = [write(tmp_path, "dev", "new"), first[1]]
    assert post(tmp_path).exit_code == 0
    assert [each["body"] for each in github.comments] == second


def test_what_is_the_same_is_not_written_again(github: FakeGitHub, tmp_path: Path) -> None:
    github.add_pull(HEAD, COMMIT)
    write(tmp_path, "dev")
    post(tmp_path)
    github.writes.clear()
    assert post(tmp_path).exit_code == 0
    assert github.writes == []


def test_somebody_elses_comment_with_the_marker_is_left_alone(github: FakeGitHub, tmp_path: Path) -> None:
    github.add_pull(HEAD, COMMIT)
    theirs = github.add_comment(f"{MARKER.format(stack='dev')}\nall is well, merge", author="someone")
    text = theirs["body"]
    ours = write(tmp_path, "dev")
    assert post(tmp_path).exit_code == 0
    assert [each["body"] for each in github.comments] == [text, ours]


@pytest.mark.parametrize(("head", "commit"), [(HEAD, "b" * 40), ("other:change", COMMIT)])
def test_a_run_of_another_commit_or_branch_writes_nothing(
    github: FakeGitHub, tmp_path: Path, head: str, commit: str
) -> None:
    github.add_pull(HEAD, COMMIT)
    write(tmp_path, "dev")
    result = post(tmp_path, head=head, commit=commit)
    assert result.exit_code == 0
    assert "nothing to comment on" in result.output
    assert github.writes == []


@pytest.mark.parametrize("text", ["no marker", MARKER.format(stack="prod"), MARKER.format(stack="dev") + "x" * LIMIT])
def test_a_text_without_its_marker_or_too_long_is_refused(github: FakeGitHub, tmp_path: Path, text: str) -> None:
    github.add_pull(HEAD, COMMIT)
    (tmp_path / "dev.md").write_text(text)
    result = post(tmp_path)
    assert result.exit_code == 1
    assert result.output.startswith("Error: the text")
    assert github.writes == []


def test_a_missing_or_wrong_token_is_explained(
    github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "dev")
    monkeypatch.setenv("GITHUB_TOKEN", "wrong")
    assert "GitHub answered 401: Bad credentials" in post(tmp_path).output
    monkeypatch.delenv("GITHUB_TOKEN")
    assert "GITHUB_TOKEN is not set" in post(tmp_path).output


def test_an_empty_folder_is_an_error(github: FakeGitHub, tmp_path: Path) -> None:
    result = post(tmp_path)
    assert result.exit_code == 1
    assert "dev.md, prod.md, staging.md" in result.output


@pytest.mark.parametrize("address", ["nonsense", "http://", "http://127.0.0.1:port", "http://127.0.0.1:1"])
def test_a_github_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "a-token")
    monkeypatch.setenv("GITHUB_API_URL", address)
    write(tmp_path, "dev")
    proposed = CliRunner().invoke(app, ["propose", "--repository", REPOSITORY])
    for result in (post(tmp_path), proposed):
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
        assert address in result.output
        assert "a-token" not in result.output
