"""The maintenance page is switched in the stack file, and deployed."""

from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from ops.__main__ import app
from tests.ops.operate.conftest import Redeployed


def maintenance(*words: str) -> Result:
    return CliRunner().invoke(app, ["maintenance", *words, "--stack", "dev"])


def section(project: Redeployed) -> dict[str, Any]:
    """What the stack file says about the page."""
    return yaml.safe_load(project.file.read_text())["config"]["openmarket:ingress"]["maintenance"]


def test_it_changes_one_line_of_the_stack_file_and_deploys_it(project: Redeployed) -> None:
    before = project.file.read_text()
    result = maintenance("on", "--yes")
    assert result.exit_code == 0
    lines = zip(before.splitlines(), project.file.read_text().splitlines(), strict=True)
    assert [(old.strip(), new.strip()) for old, new in lines if old != new] == [("enabled: false", "enabled: true")]
    assert section(project) == {"enabled": True}
    ((words, deployed),) = project.ups
    assert words[1].startswith("maintenance on, by ")
    assert deployed == project.file.read_text()
    assert "503 and the maintenance page, on all hosts" in result.output
    assert maintenance("off", "--yes").exit_code == 0
    assert project.file.read_text() == before


def test_options_are_written_and_said(project: Redeployed) -> None:
    words = ("--host", "@", "--host", "seller", "--allow", "198.51.100.0/24", "--message", "Back at 4")
    result = maintenance("on", *words, "--yes")
    assert section(project) == {
        "enabled": True, "message": "Back at 4", "hosts": ["@", "seller"], "allowedCidrs": ["198.51.100.0/24"],
    }  # fmt: skip
    assert "everybody but 198.51.100.0/24" in result.output
    assert "on @, seller" in result.output
    # Whoever switches it on next finds them as they were.
    assert maintenance("off", "--yes").exit_code == 0
    assert maintenance("on", "--yes").exit_code == 0
    assert section(project)["hosts"] == ["@", "seller"]


def test_a_file_without_the_section_gets_it(project: Redeployed) -> None:
    text = project.file.read_text()
    project.file.write_text(text.replace("    maintenance:\n      enabled: false\n", ""))
    assert maintenance("on", "--yes").exit_code == 0
    assert section(project) == {"enabled": True}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("off",), "the maintenance page is off in Pulumi.dev.yaml already: `make up STACK=dev` deploys"),
        (("on", "--allow", "office"), "IPv4 networks that reach the shop nevertheless"),
        (("on", "--host", "Admin"), "--host Admin: the shop's hosts are"),
        (("on", "--message", "x" * 1000), "the load balancer takes 1024"),
        (("off", "--message", "x"), "are for `maintenance on`"),
    ],
)
def test_what_is_wrong_leaves_the_file_as_it_was(project: Redeployed, words: tuple[str, ...], says: str) -> None:
    before = project.file.read_text()
    result = maintenance(*words, "--yes")
    assert result.exit_code == 1
    assert says in " ".join(result.output.split())
    assert project.file.read_text() == before
    assert project.ups == []


def test_a_dry_run_shows_the_preview_and_changes_nothing(project: Redeployed) -> None:
    before = project.file.read_text()
    result = maintenance("on", "--dry-run")
    assert "a change of dev" in result.output
    assert (project.previews, project.ups, project.file.read_text()) == (1, [], before)


def test_a_deployment_that_fails_keeps_the_switch(project: Redeployed) -> None:
    project.code = 1
    result = maintenance("on", "--yes")
    assert result.exit_code == 1
    assert "keeps the switch until you take it back" in " ".join(result.output.split())
    assert section(project)["enabled"] is True


def test_a_host_that_the_shop_does_not_have_is_named(project: Redeployed) -> None:
    before = project.file.read_text()
    result = maintenance("on", "--host", "nope", "--yes")
    assert result.exit_code == 1
    assert "--host nope: the shop's hosts are " in result.output
    assert project.file.read_text() == before
