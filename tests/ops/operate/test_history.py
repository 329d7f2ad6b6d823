"""Who deployed what, when and how it ended, from the engine's history."""

import json

from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.operate.deployments import parsed, releases
from tests.ops.operate.conftest import Tools
from tests.ops.operate.samples import NEW, OLD, operation


def history(*words: str) -> Result:
    return CliRunner().invoke(app, ["history", "--stack", "dev", *words])


def test_operations_are_numbered_from_the_oldest(tools: Tools) -> None:
    tools.history(operation(NEW, "failed", day=3), operation(NEW, day=2, git_dirty="true"), operation(OLD, day=1))
    said = history().output
    first, second, third = (line for line in said.splitlines() if "update" in line)
    assert first.startswith("3 ")
    assert "failed" in first
    assert "02020202*" in second
    assert "1 updated" in second
    assert third.startswith("1 ")
    assert "Files differed from the commit" in said
    assert "Why." not in said


def test_each_tells_the_images_that_it_changed(tools: Tools) -> None:
    tools.history(operation(NEW, day=3), operation(NEW, day=2), operation(OLD, day=1))
    lines = history().output.splitlines()
    assert [line.strip() for line in lines if "backend-api" in line] == [
        f"backend-api: backend-api@{'a' * 12}", "backend-api: backend-api:1.0",
    ]  # fmt: skip


def test_a_workflows_run_is_who_deployed(tools: Tools) -> None:
    run = "https://github.test/runs/1"
    tools.history(operation(ci_build_url=run))
    assert run in history().output
    assert json.loads(history("--json").output)[0]["run"] == run


def test_an_operation_that_did_not_end_and_one_of_another_kind_are_told(tools: Tools) -> None:
    killed = {key: value for key, value in operation(result="in-progress").items() if key != "endTime"}
    tools.history(killed, operation(kind="destroy"))
    said = history().output
    assert "in-progress" in said
    assert "destroy" in said
    assert len(history("--last", "1").output.splitlines()) < len(said.splitlines())


def test_an_image_that_comes_back_is_a_release_again() -> None:
    listed = list(parsed([operation(NEW, day=4), operation(OLD, day=3), operation(OLD, day=2), operation(NEW, day=1)]))
    found = releases(listed, "backend-api")
    assert [(each.image, each.first.number, each.last.number) for each in found] == [
        (NEW, 4, 4),
        (OLD, 2, 3),
        (NEW, 1, 1),
    ]


def test_what_did_not_deploy_is_no_release() -> None:
    listed = list(parsed([operation(NEW, "failed"), operation(OLD, kind="refresh"), operation(OLD, kind="destroy")]))
    assert releases(listed, "backend-api") == []


def test_a_backend_that_does_not_answer_is_an_error_of_one_line(tools: Tools) -> None:
    tools.answer("pulumi", "stack history", says="error: the bucket does not answer", code=1)
    result = history()
    assert result.exit_code == 1
    assert result.output == "Error: the history of stack 'dev' cannot be read: the bucket does not answer\n"


def test_a_stack_that_was_destroyed_begins_anew() -> None:
    listed = list(parsed([operation(NEW, day=3), operation(NEW, kind="destroy", day=2), operation(NEW, day=1)]))
    found = releases(listed, "backend-api")
    assert [(each.first.number, each.last.number) for each in found] == [(3, 3), (1, 1)]
