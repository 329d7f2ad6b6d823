"""A stack that is not deployed is one sentence, with the same next command and exit code, whatever was asked for."""

import json
from collections.abc import Iterator, Mapping, Sequence

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from analysis import stack_file
from ops.__main__ import app
from ops.errors import NOT_DEPLOYED
from tests.ops.operate.conftest import SOMETHING, Tools

SENTENCE = "Error: dev is not deployed on the emulator: `make up STACK=dev` deploys it\n"

WORDS: Mapping[str, Sequence[str]] = {
    "access": [], "connect": ["database", "--dry-run"], "cost": [], "doctor": [], "grafana": [], "graph": [],
    "history": [], "kubeconfig": [], "logs": ["backend"], "maintenance": ["on", "--dry-run"],
    "outputs": [], "recover": ["--dry-run"], "report": [],
    "restart": ["backend", "--dry-run"], "restore": ["--from", "latest", "--dry-run"],
    "rollback": ["backend", "--to", "3", "--dry-run"], "rotate": ["database", "--dry-run"],
    "run": ["reindex", "--dry-run"], "scale": ["backend", "7", "--dry-run"], "smoke": [], "status": [], "timeline": [],
}  # fmt: skip
"""Further words of each command that needs a deployed stack."""
AGAIN = [
    ("scale", ["backend", "7", "--yes"]), ("scale", ["backend", "7", "--now", "--dry-run"]),
    ("rollback", ["backend", "--yes"]), ("maintenance", ["on", "--yes"]), ("rotate", ["tokens", "--yes"]),
    ("restore", ["--remove", "openmarket-dev-aurora-1", "--dry-run"]), ("timeline", ["--projected"]),
]  # fmt: skip
"""Other ways through the same commands."""
ENGINE: Mapping[str, Sequence[str]] = {"up": [], "preview": [], "repair": [], "destroy": [], "plan": []}
"""Commands that need a stack in the engine's backend, and work with one that has nothing yet."""
WITHOUT = {
    "addon-versions": "asks AWS for the versions that it offers",
    "alarm": "tells of a first deployment that failed",
    "bootstrap": "makes what a first deployment needs",
    "drift": "reads files of previews",
    "images build": "builds from source",
    "images push": "the registry says that it has no such repository",
    "images deploy": "the registry says that it has no such repository",
    "propose": "opens a pull request with the stack file",
    "rehearse": "deploys the stack itself",
}
"""Commands with the option that need no deployed stack, and why."""


def of_a_stack(group: TyperGroup, before: str = "") -> Iterator[str]:
    """The names of the commands with an option `--stack`."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from of_a_stack(command, f"{before}{name} ")
        elif any("--stack" in parameter.opts for parameter in command.params):
            yield f"{before}{name}"


@pytest.fixture(autouse=True)
def _stack_file(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack file with a task and Grafana, for the commands that look there first."""
    for file in stack_file.PROJECT.glob("Pulumi.*.yaml"):
        (tools.folder / file.name).write_text(file.read_text())
    file = tools.folder / "Pulumi.dev.yaml"
    content = yaml.safe_load(file.read_text())
    task = {"kind": "task", "imageOf": "backend-api", "command": ["node"], "cpu": "250m", "memory": "256Mi"}
    content["config"]["openmarket:services"]["reindex"] = task
    content["config"]["openmarket:addons"]["prometheus"]["enabled"] = True
    file.write_text(yaml.safe_dump(content))
    monkeypatch.setattr(stack_file, "PROJECT", tools.folder)


@pytest.fixture(autouse=True)
def _no_database(tools: Tools) -> None:
    """An account that has nothing left of a database, where one could be restored."""
    tools.answer("aws", "describe-db-clusters", says="An error occurred (DBClusterNotFoundFault)", code=254)
    tools.answer("aws", "describe-db-cluster-automated-backups", json.dumps({"DBClusterAutomatedBackups": []}))
    tools.answer("aws", "describe-db-cluster-snapshots", json.dumps({"DBClusterSnapshots": []}))


@pytest.fixture
def unknown(tools: Tools) -> Tools:
    """An engine whose backend has no stack of the name."""
    for asked in ("", "stack export", "stack output kubeconfig"):
        tools.answer("pulumi", asked, says="error: no stack named 'dev' found\n", code=6)
    return tools


@pytest.fixture
def empty(tools: Tools) -> Tools:
    """An engine whose backend has the stack, without anything in it."""
    tools.answer("pulumi", "stack export", json.dumps({"version": 3, "deployment": {"manifest": {}, "metadata": {}}}))
    tools.answer("pulumi", "stack output", "{}")
    said = "error: current stack does not have output property 'kubeconfig'\n"
    tools.answer("pulumi", "stack output kubeconfig", says=said, code=1)
    tools.answer("pulumi", "stack history", "[]")
    tools.answer("pulumi", "whoami", json.dumps({"url": f"file://{tools.folder}"}))
    return tools


def test_every_command_of_a_stack_is_tried_here_or_needs_none() -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    assert sorted(of_a_stack(group)) == sorted([*WORDS, *ENGINE, *WITHOUT])


@pytest.mark.parametrize(("command", "words"), [*WORDS.items(), *ENGINE.items(), *AGAIN])
def test_a_stack_that_the_engine_does_not_know(command: str, words: Sequence[str], unknown: Tools) -> None:
    out = ["--out", str(unknown.folder)] if command == "plan" else []
    done = CliRunner().invoke(app, [command, *words, *out, "--stack", "dev"])
    assert done.output.endswith(SENTENCE)
    assert done.output.count("not deployed") == 1
    assert done.exit_code == NOT_DEPLOYED
    assert unknown.acts() == unknown.audit() == []


@pytest.mark.parametrize(("command", "words"), [*WORDS.items(), *AGAIN])
def test_a_stack_without_anything_in_it(command: str, words: Sequence[str], empty: Tools) -> None:
    done = CliRunner().invoke(app, [command, *words, "--stack", "dev"])
    assert done.output == SENTENCE
    assert done.exit_code == NOT_DEPLOYED
    assert empty.acts() == empty.audit() == []


def test_on_aws_the_steps_before_the_first_time_are_named(unknown: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENMARKET_EMULATOR_STATE")
    done = CliRunner().invoke(app, ["outputs", "--stack", "prod"])
    assert done.exit_code == NOT_DEPLOYED
    assert done.output == (
        "Error: prod is not deployed on AWS: docs/deploying.md has what comes before the first time, and "
        "`make up STACK=prod ON=aws` deploys it\n"
    )


@pytest.mark.parametrize("command", ["kubeconfig", "outputs", "graph", "status"])
def test_a_stack_that_is_none_is_said_as_such(command: str, unknown: Tools) -> None:
    done = CliRunner().invoke(app, [command, "--stack", "nope"])
    assert done.output == "Error: there is no stack 'nope': the stacks are dev, prod, staging\n"
    assert done.exit_code == 1


def test_doctor_says_it_in_json_too(unknown: Tools) -> None:
    done = CliRunner().invoke(app, ["doctor", "--json", "--stack", "dev"])
    assert json.loads(done.stdout) == {"stack": "dev", "error": SENTENCE.removeprefix("Error: ").strip()}
    assert done.exit_code == NOT_DEPLOYED


def test_a_first_deployment_that_did_not_come_to_its_end_is_another_thing(empty: Tools) -> None:
    empty.answer("pulumi", "stack export", json.dumps({"version": 3, "deployment": {"resources": [SOMETHING]}}))
    done = CliRunner().invoke(app, ["outputs", "--stack", "dev"])
    assert done.exit_code == 1
    assert "no deployment has come to its end: `make up STACK=dev` goes on from there" in done.output
    assert CliRunner().invoke(app, ["kubeconfig", "--stack", "dev"]).exit_code == 1
