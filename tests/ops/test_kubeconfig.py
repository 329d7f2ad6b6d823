"""The kubeconfig is written for its owner alone, and holds what the stack puts out."""

import json
import os
import shlex
import stat
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ops.__main__ import app

DOCUMENT = {"kind": "Config", "users": [{"name": "aws"}]}


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    file = tmp_path / "pulumi"
    file.touch(mode=0o755)
    return file


@pytest.mark.parametrize("output", [DOCUMENT, json.dumps(DOCUMENT)], ids=["object", "text"])
def test_it_is_written_for_its_owner_alone(pulumi: Path, tmp_path: Path, output: object) -> None:
    pulumi.write_text(f"#!/bin/sh\necho {shlex.quote(json.dumps(output))}\n")
    out = tmp_path / "kubeconfig.yaml"
    assert CliRunner().invoke(app, ["kubeconfig", "--out", str(out)]).exit_code == 0
    assert yaml.safe_load(out.read_text()) == DOCUMENT
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def first_deployment_killed(pulumi: Path, *resources: dict[str, object]) -> None:
    """Let a stack have resources, and no outputs."""
    exported = shlex.quote(json.dumps({"version": 3, "deployment": {"resources": resources}}))
    said = "error: current stack does not have output property 'kubeconfig'"
    pulumi.write_text(f'#!/bin/sh\n[ "$2" = export ] && echo {exported} && exit\necho "{said}" >&2\nexit 1\n')


def test_before_there_are_outputs_it_is_the_one_by_which_objects_are_made(pulumi: Path) -> None:
    urn = "urn:pulumi:dev::openmarket::pulumi:providers:kubernetes::cluster-kubernetes"
    resource = {"urn": urn, "type": "pulumi:providers:kubernetes", "custom": True}
    inputs = {"kubeconfig": json.dumps(DOCUMENT)}
    first_deployment_killed(pulumi, {**resource, "inputs": {}}, {**resource, "inputs": inputs})
    assert yaml.safe_load(CliRunner().invoke(app, ["kubeconfig", "--stack", "dev"]).output) == DOCUMENT


def test_a_stack_without_a_cluster_is_said(pulumi: Path) -> None:
    urn = "urn:pulumi:dev::openmarket::pulumi:pulumi:Stack::openmarket-dev"
    first_deployment_killed(pulumi, {"urn": urn, "type": "pulumi:pulumi:Stack"})
    done = CliRunner().invoke(app, ["kubeconfig", "--stack", "dev"])
    assert done.exit_code == 1
    assert done.output == "Error: stack 'dev' has no cluster yet\n"
