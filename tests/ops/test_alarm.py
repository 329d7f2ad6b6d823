"""What a workflow finds reaches the topics of the stack's alarms."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from analysis import stack_file
from ops import alarm, aws
from ops.__main__ import app
from tests.components.program import PROJECT

ACCOUNT = "123456789012"
IDENTITY = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/kim"}
URN = "urn:pulumi:dev::openmarket::aws:s3/bucket:Bucket::data-assets-bucket"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the command asked of AWS, which answers as AWS does."""
    found: list[tuple[str, ...]] = []

    def ask(region: str, *arguments: str) -> dict[str, Any]:
        found.append((region, *arguments))
        return IDENTITY if arguments[0] == "sts" else {"MessageId": "1"}

    monkeypatch.setattr(aws, "ask", ask)
    return found


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["alarm", *words])


def published(asked: list[tuple[str, ...]]) -> dict[str, str]:
    (call,) = [each for each in asked if each[1:3] == ("sns", "publish")]
    return dict(zip(call[3::2], call[4::2], strict=True))


@pytest.mark.parametrize(("kind", "severity"), [("deploy-failed", "critical"), ("drift", "warning")])
def test_it_tells_the_topic_of_its_severity(asked: list[tuple[str, ...]], kind: str, severity: str) -> None:
    done = run(kind, "--stack", "prod", "--link", "https://example.com/run/1")
    assert done.exit_code == 0, done.output
    sent = published(asked)
    assert sent["--topic-arn"] == f"arn:aws:sns:ap-northeast-2:{ACCOUNT}:openmarket-prod-alarms-{severity}"
    assert sent["--subject"] == f"ALARM: openmarket-prod-{kind}"
    assert alarm.KINDS[kind].meaning in sent["--message"]
    assert f"docs/runbook.md#{kind}" in sent["--message"]
    assert "https://example.com/run/1" in sent["--message"]


def test_a_topic_that_exists_and_the_runbooks_address_are_the_stack_files(
    asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = yaml.safe_load((PROJECT / "Pulumi.prod.yaml").read_text())
    theirs = "arn:aws:sns:ap-northeast-2:123456789012:pager"
    settings["config"]["openmarket:alarms"] |= {"topics": {"critical": theirs}, "runbook": "https://example.com/book"}
    shutil.copy(PROJECT / "Pulumi.yaml", tmp_path)
    (tmp_path / "Pulumi.prod.yaml").write_text(yaml.safe_dump(settings))
    monkeypatch.setattr(stack_file, "PROJECT", tmp_path)
    assert run("deploy-failed", "--stack", "prod").exit_code == 0
    assert published(asked)["--topic-arn"] == theirs
    assert "https://example.com/book#deploy-failed" in published(asked)["--message"]


def preview(folder: Path, *steps: dict[str, Any]) -> None:
    (folder / "dev.preview.json").write_text(json.dumps({"steps": steps, "diagnostics": []}))


def test_drift_is_told_only_if_there_is_some_or_nobody_knows(asked: list[tuple[str, ...]], tmp_path: Path) -> None:
    preview(tmp_path, {"op": "same", "urn": URN})
    done = run("drift", "--stack", "dev", "--preview", str(tmp_path))
    assert (done.exit_code, done.output) == (0, "dev: no drift.\n")
    assert asked == []
    preview(tmp_path, {"op": "update", "urn": URN, "detailedDiff": {"versioning": {"kind": "update"}}})
    assert run("drift", "--stack", "dev", "--preview", str(tmp_path)).exit_code == 0
    assert published(asked)
    asked.clear()
    assert run("drift", "--stack", "dev", "--preview", str(tmp_path / "none")).exit_code == 0
    assert published(asked)


def test_what_cannot_be_told_is_an_error(asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("fire", "--stack", "dev")
    assert done.exit_code == 1
    assert "there are deploy-failed, drift" in done.output
    assert run("drift", "--stack", "nowhere").exit_code == 1

    def refuse(region: str, *arguments: str) -> dict[str, Any]:
        raise aws.AwsError("NotFound: Topic does not exist")

    monkeypatch.setattr(aws, "ask", refuse)
    done = run("drift", "--stack", "dev")
    assert done.exit_code == 1
    assert "Topic does not exist" in done.output
