"""Nothing is done that was not said and allowed, and nothing is done without a line about it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from analysis import stack_file
from ops.caller import Caller
from ops.operate.acting import Act, Consent, NotDone
from tests.ops.operate.conftest import IDENTITY, Tools

ACT = Act("dev", "restart backend-api", ["replaces all pods"])


def never(_: Caller) -> str:
    raise AssertionError("it was done")


def perform(consent: Consent, do: Callable[[Caller], str] = never) -> None:
    ACT.perform(consent, do)


def test_without_a_terminal_only_a_given_consent_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.operate.acting.can_ask", lambda: False)
    with pytest.raises(typer.Exit):
        Consent.given(yes=False, dry_run=False)
    assert Consent.given(yes=True, dry_run=False).yes
    assert Consent.given(yes=False, dry_run=True).dry_run


@pytest.mark.parametrize("yes", [False, True])
def test_a_dry_run_says_what_as_whom_and_does_nothing(
    tools: Tools, capsys: pytest.CaptureFixture[str], yes: bool
) -> None:
    perform(Consent(yes=yes, dry_run=True))
    said = capsys.readouterr().out
    assert "replaces all pods" in said
    assert IDENTITY["Arn"] in said
    assert tools.audit() == []


def test_what_is_declined_is_not_done(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typer, "confirm", lambda _: False)
    with pytest.raises(typer.Exit):
        perform(Consent(yes=False, dry_run=False))
    assert tools.audit() == []


def test_an_answer_allows_it_and_it_leaves_a_line(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typer, "confirm", lambda _: True)
    perform(Consent(yes=False, dry_run=False), lambda _: "all pods are new")
    (line,) = tools.audit()
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "arn": IDENTITY["Arn"], "account": IDENTITY["Account"], "stack": "dev", "command": "restart backend-api",
        "outcome": "done", "says": "all pods are new",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(NotDone("two pods are old"), "failed"), (KeyboardInterrupt(), "interrupted"), (OSError("no disk"), "failed")],
)
def test_what_fails_or_is_interrupted_leaves_a_line_too(tools: Tools, error: BaseException, outcome: str) -> None:
    def do(_: Caller) -> str:
        raise error

    with pytest.raises((typer.Exit, KeyboardInterrupt, OSError)):
        perform(Consent(yes=True, dry_run=False), do)
    (line,) = tools.audit()
    assert (line["outcome"], line["says"]) == (outcome, str(error))


def test_lines_are_appended_and_only_the_owner_reads_them(tools: Tools) -> None:
    for _ in range(2):
        perform(Consent(yes=True, dry_run=False), lambda _: "done")
    assert len(tools.audit()) == 2
    assert (tools.folder / "state" / "audit.jsonl").stat().st_mode & 0o777 == 0o600


def test_without_a_place_for_the_line_nothing_is_done(tools: Tools) -> None:
    (tools.folder / "state").write_text("a file in the folder's place")
    with pytest.raises(typer.Exit):
        perform(Consent(yes=True, dry_run=False))


def test_another_account_is_refused_before_anything_is_said(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (stack_file.PROJECT / "Pulumi.dev.yaml").read_text()
    monkeypatch.setattr(stack_file, "PROJECT", tmp_path)
    limited = text.replace("config:", 'config:\n  aws:allowedAccountIds: ["999999999999"]', 1)
    (tmp_path / "Pulumi.dev.yaml").write_text(limited)
    with pytest.raises(stack_file.BadStack, match="limited to account 999999999999"):
        perform(Consent(yes=True, dry_run=False))
    assert capsys.readouterr().out == ""
    assert os.listdir(tmp_path).count("state") == 0
