"""Nothing heavy is imported before it is used: modules are counted, in a process of their own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pulumi.automation.events import OpType
from pulumi.runtime import rpc

from analysis import redaction
from analysis.preview.model import OPERATIONS

PROJECT = Path(__file__).resolve().parents[2]
SDK = {"pulumi", "pulumi_aws", "pulumi_eks", "pulumi_kubernetes", "pulumi_policy", "pulumi_random", "grpc"}
CLIENTS = {"boto3", "botocore", "github", "requests", "urllib3", "ruamel"}
HEAVY = SDK | CLIENTS | {"cfnlint", "pydantic", "yaml"}
COMMANDS = (
    ("access",), ("addon-versions",), ("alarm",), ("bootstrap",), ("comment",), ("connect",), ("cost",), ("destroy",),
    ("doctor",), ("drift",), ("grafana",), ("graph",), ("history",), ("images", "deploy"), ("kubeconfig",), ("logs",),
    ("maintenance",), ("outputs",), ("plan",), ("post",), ("preview",), ("propose",), ("recover",), ("rehearse",),
    ("repair",), ("report",), ("restart",), ("restore",), ("rollback",), ("rotate",), ("run",), ("scale",),
    ("smoke",), ("status",), ("timeline",), ("up",),
)  # fmt: skip


def loaded(code: str) -> set[str]:
    """The packages that a program has imported when it ends."""
    report = "import json; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    command = [sys.executable, "-c", f"import sys\n{code}\n{report}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT)
    return set(json.loads(done.stdout.splitlines()[-1]))


def printed_by(*arguments: str) -> set[str]:
    """The packages that `python -m ops` has imported when it has answered."""
    start = "try: runpy.run_module('ops', run_name='__main__')\nexcept SystemExit: pass"
    return loaded(f"import runpy; sys.argv = {['ops', *arguments]}\n{start}")


@pytest.mark.parametrize("module", ["policies.rules", "components.config", "analysis.cost", "analysis.state"])
def test_a_model_loads_no_sdk(module: str) -> None:
    assert loaded(f"import {module}") & (SDK | CLIENTS | {"cfnlint"}) == set()


def test_reading_the_configuration_loads_the_sdk() -> None:
    assert "pulumi_aws" in loaded("import components.config.loading")


def test_the_list_of_commands_loads_what_it_prints() -> None:
    assert printed_by("--help") & HEAVY == set()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_loads_no_more_than_it_prints(command: tuple[str, ...]) -> None:
    # Typer itself takes pydantic for the parameters of a command.
    assert printed_by(*command, "--help") & (HEAVY - {"pydantic"} | {"components"}) == set()


def test_every_command_has_its_help_checked() -> None:
    from ops.__main__ import app

    names = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    groups = {str(each.name) for each in app.registered_groups}
    assert names | groups == {command[0] for command in COMMANDS}


def test_a_deployment_shows_its_first_line_before_it_loads_the_models() -> None:
    assert loaded("import ops.deploy.operations") & HEAVY == set()


def test_a_comment_needs_no_sdk() -> None:
    assert loaded("import ops.comment.text, ops.comment.review") & (SDK | CLIENTS) == set()


def test_what_the_engine_writes_is_what_the_sdk_says() -> None:
    assert redaction.UNKNOWN == rpc.UNKNOWN
    assert set(OPERATIONS) == {each.value for each in OpType}
