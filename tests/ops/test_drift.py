"""There is one issue about drift while there is drift, and none otherwise."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from analysis import stack_file
from ops.__main__ import app
from ops.drift import MARKER
from tests.ops.fake_github import REPOSITORY, FakeGitHub

URN = "urn:pulumi:dev::openmarket::openmarket:data:Stores$aws:s3/bucket:Bucket::data-assets-bucket"


def step(op: str, urn: str = URN, **more: Any) -> dict[str, Any]:
    return {"op": op, "urn": urn, **more}


def write(folder: Path, stack: str, *steps: dict[str, Any], error: str = "") -> None:
    diagnostics = [{"severity": "error", "message": error}] if error else []
    document = json.dumps({"steps": steps, "diagnostics": diagnostics})
    (folder / f"{stack}.preview.json").write_text(document)


def no_drift(folder: Path) -> None:
    """Let every stack be as it should be."""
    for stack in stack_file.names():
        write(folder, stack, step("same"))


def drift(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["drift", str(folder), "--repository", REPOSITORY, *options])


def test_drift_opens_one_issue_that_is_renewed_and_closed(github: FakeGitHub, tmp_path: Path) -> None:
    no_drift(tmp_path)
    write(tmp_path, "dev", step("refresh"), step("update", detailedDiff={"versioning.enabled": {"kind": "update"}}))
    assert drift(tmp_path).exit_code == 0
    (issue,) = github.issues
    assert "| `data-assets-bucket` (aws:s3/bucket:Bucket) | is different | `versioning.enabled` |" in issue["body"]
    assert "## prod" not in issue["body"]
    write(tmp_path, "dev", step("create"))
    assert drift(tmp_path).exit_code == 0
    (issue,) = github.issues
    assert "is gone" in issue["body"]
    assert "is different" not in issue["body"]
    write(tmp_path, "dev", step("refresh"), step("same"))
    assert drift(tmp_path).exit_code == 0
    assert github.issues[0]["state"] == "closed"
    assert drift(tmp_path).output == "No drift.\n"


def test_a_change_that_waits_for_its_deployment_is_no_drift(tmp_path: Path) -> None:
    waiting = f"{URN}-2"
    steps = [step("create"), step("update", waiting, detailedDiff={"tags.Team": {"kind": "add"}})]
    found = {"steps": steps, "drift": [{"urn": URN, "gone": True}, {"urn": f"{URN}-3", "paths": ["a"]}]}
    (tmp_path / "dev.preview.json").write_text(json.dumps(found))
    told = CliRunner().invoke(app, ["drift", str(tmp_path), "--stack", "dev"]).output
    drifted, _, undeployed = told.partition("## dev: changes of the program that wait for a deployment")
    assert "| `data-assets-bucket` (aws:s3/bucket:Bucket) | is gone |" in drifted
    assert "| `data-assets-bucket-3` (aws:s3/bucket:Bucket) | is different; a repair leaves it | `a` |" in drifted
    assert "data-assets-bucket-2" not in drifted
    assert "| `data-assets-bucket-2` (aws:s3/bucket:Bucket) | to update | `tags.Team` |" in undeployed
    assert "`make repair STACK=dev`, with `ON=aws` on AWS, restores what the program sets" in undeployed


def test_what_aws_keeps_for_its_window_is_told_and_no_drift(github: FakeGitHub, tmp_path: Path) -> None:
    no_drift(tmp_path)
    cache = URN.replace("aws:s3/bucket:Bucket::data-assets-bucket", "aws:rds/cluster:Cluster::data-database-cluster")
    waits = {"urn": cache, "waiting": {"engineVersion": "3.12.0"}, "window": "sun:18:30-sun:19:30"}
    update = step("update", cache, detailedDiff={"engineVersion": {"kind": "update"}})
    (tmp_path / "dev.preview.json").write_text(json.dumps({"steps": [update], "drift": [waits]}))
    sentence = "engineVersion 3.12.0 waits for the maintenance window of sun:18:30-sun:19:30 UTC"
    told = CliRunner().invoke(app, ["drift", str(tmp_path), "--stack", "dev"]).output
    assert told.startswith("No drift: dev.\n## dev: waits for AWS\n")
    assert f"`data-database-cluster` (aws:rds/cluster:Cluster): {sentence}\n" in told
    assert drift(tmp_path).output == "No drift.\n"
    assert github.issues == []
    gone = {"urn": URN, "gone": True}
    (tmp_path / "dev.preview.json").write_text(json.dumps({"steps": [update, step("create")], "drift": [waits, gone]}))
    drift(tmp_path)
    body = github.issues[0]["body"]
    assert sentence in body
    assert "is different" not in body


def test_nobody_elses_issue_is_touched(github: FakeGitHub, tmp_path: Path) -> None:
    github.add_issue("mine", MARKER, author="someone")
    no_drift(tmp_path)
    assert drift(tmp_path).exit_code == 0
    assert github.writes == []


def test_values_are_not_told(github: FakeGitHub, tmp_path: Path) -> None:
    old, new = (
        {"urn": URN, "type": "t", "inputs": {"a": "hunter2"}},
        {"urn": URN, "type": "t", "inputs": {"a": "s3cr3t"}},
    )
    write(tmp_path, "dev", step("update", oldState=old, newState=new, detailedDiff={"a": {"kind": "update"}}))
    drift(tmp_path)
    assert not {"hunter2", "s3cr3t"} & set(github.issues[0]["body"].split("`"))
    assert "hunter2" not in github.issues[0]["body"]


def test_a_stack_that_could_not_be_compared_is_named(github: FakeGitHub, tmp_path: Path) -> None:
    write(tmp_path, "dev", error="no credentials")
    assert drift(tmp_path).exit_code == 0
    assert "## dev\n\nCould not be compared" in github.issues[0]["body"]


def test_a_stack_without_a_preview_keeps_the_issue_open(github: FakeGitHub, tmp_path: Path) -> None:
    no_drift(tmp_path)
    write(tmp_path, "prod", step("create"))
    assert drift(tmp_path).exit_code == 0
    # The next night its login fails, so there is no file.
    (tmp_path / "prod.preview.json").unlink()
    assert drift(tmp_path).exit_code == 0
    (issue,) = github.issues
    assert issue["state"] == "open"
    assert "## prod\n\nCould not be compared" in issue["body"]
    assert "Compared: dev, staging." in issue["body"]


def test_a_preview_of_nothing_is_no_comparison(tmp_path: Path) -> None:
    no_drift(tmp_path)
    write(tmp_path, "dev")
    result = CliRunner().invoke(app, ["drift", str(tmp_path)])
    assert result.exit_code != 0 or "## dev\n\nCould not be compared" in result.output


def test_only_the_stacks_that_are_named_have_to_be_there(github: FakeGitHub, tmp_path: Path) -> None:
    write(tmp_path, "dev", step("same"))
    assert drift(tmp_path, "--stack", "dev").output == "No drift.\n"
    assert "there is no stack 'nope'" in drift(tmp_path, "--stack", "nope").output


def test_hundreds_of_resources_stay_readable(github: FakeGitHub, tmp_path: Path) -> None:
    write(tmp_path, "dev", *(step("create", f"{URN}-{number}") for number in range(300)))
    assert drift(tmp_path).exit_code == 0
    assert "and 250 more" in github.issues[0]["body"]


@pytest.mark.parametrize("content", ["{", "[]", '{"steps": [{}]}', '{"steps": [{"op": "update"}]}'])
def test_a_file_that_is_no_preview_is_refused(github: FakeGitHub, tmp_path: Path, content: str) -> None:
    (tmp_path / "dev.preview.json").write_text(content)
    result = drift(tmp_path)
    assert result.exit_code == 1
    assert "is not what" in result.output


def test_without_a_repository_the_text_is_printed(tmp_path: Path) -> None:
    write(tmp_path, "dev", step("delete"))
    result = CliRunner().invoke(app, ["drift", str(tmp_path)])
    assert result.exit_code == 0
    assert "| delete |" in result.output


def test_without_a_repository_it_says_that_there_is_none(tmp_path: Path) -> None:
    no_drift(tmp_path)
    told = CliRunner().invoke(app, ["drift", str(tmp_path), "--stack", "dev"])
    assert (told.exit_code, told.output) == (0, "No drift: dev.\n")
