"""What a killed operation left is shown, and taken away only when nobody deploys."""

import json
import socket
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.operate import recover as recovering
from tests.ops.operate.conftest import SOMETHING, Tools

RECORD = "kube-system sh.helm.release.v1.external-secrets.v2 external-secrets pending-upgrade\n"
FINE = "kube-system sh.helm.release.v1.metrics.v1 metrics deployed\n"
BUCKET = "urn:pulumi:dev::openmarket::aws:s3/bucket:Bucket::uploads"


def recover(*words: str) -> Result:
    return CliRunner().invoke(app, ["recover", "--stack", "dev", *words])


@pytest.fixture
def clean(tools: Tools) -> Tools:
    """A stack that nothing was left of, whose state is in a folder."""
    tools.answer("pulumi", "whoami", json.dumps({"url": f"file://{tools.folder}"}))
    tools.answer("pulumi", "stack export", json.dumps({"deployment": {"resources": [SOMETHING]}}))
    tools.answer("pulumi", "cancel --yes --stack dev")
    tools.answer("kubectl", "get secrets", FINE)
    tools.answer("kubectl", "delete secret")
    return tools


def lock(tools: Tools, process: int, host: str) -> None:
    folder: Path = tools.folder / ".pulumi/locks/organization/openmarket/dev"
    folder.mkdir(parents=True, exist_ok=True)
    held = {"pid": process, "username": "kim", "hostname": host, "timestamp": "2026-11-26T05:00:00.123456789Z"}
    (folder / "a.json").write_text(json.dumps(held))


def test_nothing_is_nothing(clean: Tools) -> None:
    assert "Nothing to recover" in recover("--yes").output
    assert clean.acts() == []
    assert clean.audit() == []


def test_lock_and_pending_release_are_taken_away(clean: Tools) -> None:
    lock(clean, 1, "elsewhere")
    clean.answer("kubectl", "get secrets", RECORD + FINE)
    result = recover("--yes")
    assert result.exit_code == 0
    assert "by kim on elsewhere" in result.output
    assert "may still run there: make sure that it does not" in result.output
    (act,) = clean.acts()
    assert act.endswith("delete secret --namespace kube-system sh.helm.release.v1.external-secrets.v2")
    assert any(line.startswith("cancel --yes --stack dev") for line in clean.asked("pulumi"))


def test_a_dry_run_takes_nothing_away(clean: Tools) -> None:
    lock(clean, 1, "elsewhere")
    assert recover("--dry-run").exit_code == 0
    assert not any(line.startswith("cancel") for line in clean.asked("pulumi"))


def test_a_lock_of_an_engine_that_runs_is_left(clean: Tools) -> None:
    program = clean.folder / "pulumi-sleeps"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([str(program), "60"]) as process:
        lock(clean, process.pid, socket.gethostname())
        result = recover("--yes")
        process.kill()
    assert result.exit_code == 1
    assert f"a deployment still runs here, as process {process.pid}" in result.output
    lock(clean, process.pid, socket.gethostname())
    assert "whose process has ended" in recover("--dry-run").output


def test_pending_operations_are_listed_and_cleared(clean: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    pending = [{"resource": {"urn": BUCKET, "type": "aws:s3/bucket:Bucket"}, "type": "creating"}]
    clean.answer("pulumi", "stack export", json.dumps({"deployment": {"pending_operations": pending}}))
    cleared: list[str] = []
    monkeypatch.setattr(recovering, "_refresh", cleared.append)
    assert "uploads (aws:s3/bucket:Bucket) was creating" in recover("--yes").output
    assert cleared == ["dev"]


def test_what_may_be_there_is_told_once_with_the_name_that_it_has_in_aws(clean: Tools) -> None:
    resource = {"urn": BUCKET, "type": "aws:s3/bucket:Bucket", "inputs": {"bucket": "uploads-1a2b3c4"}}
    pending = [{"resource": resource, "type": "creating"}] * 3
    clean.answer("pulumi", "stack export", json.dumps({"deployment": {"pending_operations": pending}}))
    output = recover("--dry-run").output
    assert output.count("uploads (aws:s3/bucket:Bucket, uploads-1a2b3c4) was creating") == 1


def test_without_a_cluster_the_rest_is_looked_at(clean: Tools) -> None:
    lock(clean, 1, "elsewhere")
    clean.answer("pulumi", "stack output kubeconfig", says="error: current stack does not have output", code=255)
    result = recover("--dry-run")
    assert "Not looked at: Helm releases" in result.output
    assert "by kim on elsewhere" in result.output
