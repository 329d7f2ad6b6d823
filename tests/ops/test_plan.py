"""A plan is written whatever the engine says, and fails when it should."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from analysis import preview
from ops.__main__ import app

URN = "urn:pulumi:dev::openmarket::aws:s3/bucket:Bucket::data-assets-bucket"
STATE = {"urn": URN, "type": "aws:s3/bucket:Bucket", "inputs": {"a": 1}}
UPDATE = {"op": "update", "urn": URN, "oldState": STATE, "newState": STATE}
BROKEN = {"policyName": "own-key", "resourceUrn": URN, "message": "no key", "enforcementLevel": "mandatory"}


def engine(folder: Path, document: str, events: list[dict[str, Any]], code: int = 0) -> None:
    """A `pulumi` that answers this."""
    lines = "\n".join(json.dumps(event) for event in events)
    program = f"""#!{sys.executable}
import sys
open(sys.argv[sys.argv.index("--event-log") + 1], "w").write({lines!r})
print({document!r})
print("error: something", file=sys.stderr)
sys.exit({code})
"""
    file = folder / "pulumi"
    file.write_text(program)
    file.chmod(0o755)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def plan(folder: Path, *options: str) -> tuple[Result, preview.Preview]:
    result = CliRunner().invoke(app, ["plan", "--stack", "dev", "--out", str(folder / "out"), *options])
    file = folder / "out" / "dev.preview.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return result, preview.read(file)


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1)])
def test_broken_policies_fail_a_strict_plan_only(folder: Path, options: tuple[str, ...], code: int) -> None:
    engine(folder, json.dumps({"steps": [UPDATE]}), [{"policyEvent": BROKEN}], code=255)
    result, seen = plan(folder, *options)
    assert result.exit_code == code
    assert [each.policy for each in seen.violations] == ["own-key"]
    assert [each.name for each in seen.changes] == ["data-assets-bucket"]


def test_a_preview_that_fails_is_written_with_its_reason(folder: Path) -> None:
    engine(folder, "", [], code=255)
    result, seen = plan(folder)
    assert result.exit_code == 1
    assert (seen.stack, seen.errors) == ("dev", ("error: something",))


def test_what_the_stack_would_put_out_is_in_the_event_log_only(folder: Path) -> None:
    urn = f"urn:pulumi:dev::openmarket::{preview.STACK}::openmarket-dev"
    known = {"urn": urn, "type": preview.STACK}
    same = {"op": "same", "urn": urn, "oldState": known | {"outputs": {"alb_dns": "a"}}, "newState": known}
    said = [
        {"resOutputsEvent": {"metadata": {**known, "new": {"outputs": each}}}} for each in ({"alb_dns": "a"}, {"b": 1})
    ]
    engine(folder, json.dumps({"steps": [same]}), said)
    assert plan(folder)[1].outputs == ({"alb_dns": "a"}, {"b": 1})


def test_a_clean_plan_passes_a_strict_one(folder: Path) -> None:
    engine(folder, json.dumps({"steps": [UPDATE]}), [])
    assert plan(folder, "--strict")[0].exit_code == 0


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"stack": "dev"}, "neither steps nor errors"),
        ({"stack": "dev", "steps": []}, "neither steps nor errors"),
        ({"stack": "dev", "steps": [{"op": "frobnicate", "urn": URN}]}, "frobnicate"),
        ({"stack": "dev", "steps": [{"op": "update", "urn": "foo"}]}, "urn"),
        ({"stack": "dev -->\n🟢 **dev: safe to merge**", "steps": [{"op": "same", "urn": URN}]}, "stack"),
    ],
)
def test_what_is_no_preview_is_not_taken_for_an_unchanged_one(
    document: dict[str, object], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "dev.preview.json"
    file.write_text(json.dumps(document))
    with pytest.raises(preview.BadPreview, match=said):
        preview.read(file)


def test_a_file_speaks_for_its_own_stack_only(tmp_path: Path) -> None:
    file = tmp_path / "dev.preview.json"
    file.write_text(json.dumps({"stack": "prod", "steps": [{"op": "same", "urn": URN}]}))
    result = CliRunner().invoke(app, ["comment", str(file)])
    assert result.exit_code == 1
    assert "is a preview of 'prod'" in result.output
