"""A rollback takes an image from the history, through the stack file, and leaves the file alone unless it deploys."""

import pytest
import typer
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.stack_editing import set_values
from tests.ops.operate.conftest import IDENTITY, Redeployed, Tools
from tests.ops.operate.samples import NEW, OLD, operation

OLDEST = "registry.test/backend-api:0.9"


def rollback(*words: str) -> Result:
    return CliRunner().invoke(app, ["rollback", "backend", *words, "--stack", "dev"])


@pytest.fixture
def released(tools: Tools, project: Redeployed) -> Redeployed:
    """Three releases, the newest of which is in the stack file."""
    tools.answer("aws", "describe-images", "{}")
    tools.history(operation(NEW, day=4), operation(OLD, day=3), operation(OLD, day=2), operation(OLDEST, day=1))
    set_values("dev", ("openmarket:services", "backend-api"), {"image": NEW})
    return project


def test_the_release_before_is_deployed_by_the_stack_file(released: Redeployed, tools: Tools) -> None:
    result = rollback("--yes")
    assert result.exit_code == 0
    ((further, deployed),) = released.ups
    assert OLD in deployed
    assert released.backend["image"] == OLD
    assert further == ["--message", f"rollback backend-api --to 2, by {IDENTITY['Arn']}"]
    assert "Commit Pulumi.dev.yaml" in result.output
    assert [line["command"] for line in tools.audit()] == ["rollback backend-api --to 2"]


@pytest.mark.parametrize("to", ["1", "#1", "0.9", "0101010"])
def test_a_release_is_named_by_number_tag_or_commit(released: Redeployed, to: str) -> None:
    assert rollback("--to", to, "--yes").exit_code == 0
    assert released.backend["image"] == OLDEST


def test_a_release_is_named_by_digest(released: Redeployed) -> None:
    set_values("dev", ("openmarket:services", "backend-api"), {"image": OLD})
    assert rollback("--to", "aaaaaaa", "--yes").exit_code == 0
    assert released.backend["image"] == NEW


def test_after_a_release_that_failed_the_one_that_ran_is_the_one_before(released: Redeployed) -> None:
    set_values("dev", ("openmarket:services", "backend-api"), {"image": "registry.test/backend-api:broken"})
    assert rollback("--yes").exit_code == 0
    assert released.backend["image"] == NEW


@pytest.mark.parametrize("words", [("--dry-run",), ("--dry-run", "--yes")])
def test_a_dry_run_leaves_the_file_as_it_was(released: Redeployed, words: tuple[str, ...]) -> None:
    before = released.file.read_text()
    result = rollback(*words)
    assert result.exit_code == 0
    assert "brings backend-api back to backend-api:1.0, deployed by #2" in result.output
    assert released.file.read_text() == before
    assert released.ups == []


def test_what_is_declined_leaves_the_file_as_it_was_after_the_preview(
    released: Redeployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = released.file.read_text()
    monkeypatch.setattr(typer, "confirm", lambda _: False)
    monkeypatch.setattr("ops.operate.acting.can_ask", lambda: True)
    result = rollback()
    assert result.exit_code == 1
    assert "a change of dev" in result.output
    assert released.file.read_text() == before
    assert released.ups == []


def test_a_deployment_that_fails_keeps_the_file_and_says_how_to_go_on(released: Redeployed, tools: Tools) -> None:
    released.code = 255
    result = rollback("--yes")
    assert result.exit_code == 1
    assert "`make up STACK=dev` goes on from there" in result.output
    assert released.backend["image"] == OLD
    assert [line["outcome"] for line in tools.audit()] == ["failed"]


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("7", "no release '7': the history has #4 backend-api@aaaaaaaaaaaa, #2 backend-api:1.0, #1 backend-api:0.9"),
        ("aaa", "no release 'aaa'"),
        ("4", "has backend-api@aaaaaaaaaaaa already in its stack file"),
    ],
)
def test_a_release_that_is_none_is_named_with_those_that_are(released: Redeployed, to: str, says: str) -> None:
    result = rollback("--to", to, "--yes")
    assert result.exit_code == 1
    assert says in result.output
    assert released.ups == []


def test_without_a_release_before_nothing_is_done(tools: Tools, project: Redeployed) -> None:
    tools.history(operation(""))
    result = rollback("--yes")
    assert result.exit_code == 1
    assert "no release before this one: the history has no deployment of an image" in result.output


def test_an_image_that_the_registry_deleted_cannot_come_back(tools: Tools, project: Redeployed) -> None:
    tools.history(operation(OLD, day=2), operation(NEW, day=1))
    set_values("dev", ("openmarket:services", "backend-api"), {"image": OLD})
    tools.answer("aws", "describe-images", says="An error occurred (ImageNotFoundException)", code=254)
    result = rollback("--yes")
    assert result.exit_code == 1
    assert "does not have backend-api@aaaaaaaaaaaa any more" in result.output
    assert project.ups == []
    tools.answer("aws", "describe-images", says="An error occurred (AccessDeniedException)", code=254)
    assert "could not look whether the registry still has the image" in rollback("--yes").output


def test_a_migration_is_warned_of(released: Redeployed) -> None:
    assert "migration" not in rollback("--dry-run").output
    text = released.file.read_text()
    released.file.write_text(text.replace("        command: []", '        command: ["migrate"]'))
    assert "runs that release's migration again" in rollback("--dry-run").output
