"""What a killed operation left is shown, and taken away only when nobody deploys."""

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

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


def test_a_cluster_that_the_killed_operation_deleted_is_no_hindrance(clean: Tools) -> None:
    lock(clean, 1, "elsewhere")
    clean.answer("kubectl", "get secrets", says="error: getting credentials: exec: executable aws failed", code=1)
    result = recover("--yes")
    assert result.exit_code == 0
    assert "Not looked at: Helm releases (getting credentials: exec: executable aws failed)" in result.output
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


ROLE = "urn:pulumi:dev::openmarket::aws:iam/rolePolicyAttachment:RolePolicyAttachment::attached"
TAGS = {"Project": "openmarket"}


def pending(tools: Tools, *resources: dict[str, Any]) -> None:
    """Let the engine have been killed while it created these resources."""
    operations = [{"resource": each, "type": "creating"} for each in resources]
    tools.answer("pulumi", "stack export", json.dumps({"deployment": {"pending_operations": operations}}))


def bucket(tools: Tools, *names: str) -> dict[str, Any]:
    """The pending creation of a bucket, and the buckets with its tags that AWS has."""
    tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
    listed = [{"ResourceARN": f"arn:aws:s3:::{name}", "Tags": tags} for name in names]
    tools.answer("aws", "get-resources", json.dumps({"ResourceTagMappingList": listed}))
    return {"urn": BUCKET, "inputs": {"bucket": "uploads-1a2b3c4", "region": "ap-northeast-2", "tagsAll": TAGS}}


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stacks that were compared with what is there."""
    done: list[str] = []
    monkeypatch.setattr(recovering, "_refresh", done.append)
    return done


def test_what_aws_has_is_taken_into_the_state(clean: Tools, refreshed: list[str]) -> None:
    pending(clean, bucket(clean, "uploads-1a2b3c4", "other"))
    clean.answer("pulumi", "stack import")
    output = recover("--yes").output
    assert "uploads (aws:s3/bucket:Bucket, uploads-1a2b3c4) is uploads-1a2b3c4" in output
    assert "dev-before-recover.json" in output
    (asked,) = (line for line in clean.asked("pulumi") if line.startswith("stack import"))
    assert asked.startswith("stack import --stack dev --file ")
    assert refreshed == ["dev"]


def test_what_aws_does_not_have_is_forgotten(clean: Tools, refreshed: list[str]) -> None:
    pending(clean, bucket(clean), {"urn": ROLE})
    output = recover("--yes").output
    assert "uploads (aws:s3/bucket:Bucket, uploads-1a2b3c4) was creating, of which AWS has nothing" in output
    assert "attached (aws:iam/rolePolicyAttachment:RolePolicyAttachment) was creating, which the next" in output
    assert not any(line.startswith("stack import") for line in clean.asked("pulumi"))
    assert refreshed == ["dev"]


def test_a_dry_run_says_what_it_would_take(clean: Tools, refreshed: list[str]) -> None:
    pending(clean, bucket(clean, "uploads-1a2b3c4"))
    assert "is uploads-1a2b3c4" in recover("--dry-run").output
    assert refreshed == []
    assert not any(line.startswith("stack import") for line in clean.asked("pulumi"))


def test_what_it_cannot_decide_is_left_with_the_command_to_type(clean: Tools, refreshed: list[str]) -> None:
    zone = "urn:pulumi:dev::openmarket::pulumi:providers:aws::zone"
    parent = "urn:pulumi:dev::openmarket::openmarket:edge:HostRecords::edge"
    record = {"urn": "urn:pulumi:dev::openmarket::aws:route53/record:Record::shop", "parent": parent}
    pending(clean, {**record, "provider": f"{zone}::1a2b"})
    output = recover("--yes").output
    assert "leaves to you: whether AWS has shop (aws:route53/record:Record) is not looked for" in output
    assert "Left to you: " in output
    command = (
        f"pulumi import 'aws:route53/record:Record' 'shop' '<id>' --parent 'parent={parent}' "
        f"--provider 'provider={zone}' --protect=false"
    )
    assert f"`{command}`" in output
    assert refreshed == ["dev"]


def test_what_could_not_be_looked_for_stays(clean: Tools, refreshed: list[str]) -> None:
    pending(clean, bucket(clean, "uploads-1a2b3c4"))
    clean.answer("aws", "get-resources", says="An error occurred (AccessDeniedException): no", code=254)
    result = recover("--yes")
    assert "Not looked at: what AWS has of uploads" in result.output
    assert "so these stay" in result.output
    assert "Nothing to recover" not in result.output
    assert refreshed == []


def test_what_may_be_there_is_told_once_with_the_name_that_it_has_in_aws(clean: Tools) -> None:
    made = bucket(clean)
    pending(clean, made, made, made)
    assert recover("--dry-run").output.count("uploads (aws:s3/bucket:Bucket, uploads-1a2b3c4) was creating") == 1


RELEASE = "urn:pulumi:dev::openmarket::kubernetes:helm.sh/v3:Release::external-secrets"


@pytest.mark.parametrize("status", ["deployed", "failed", "uninstalling"])
def test_a_release_that_only_helm_knows_is_taken_away(clean: Tools, refreshed: list[str], status: str) -> None:
    pending(clean, {"urn": RELEASE, "inputs": {"namespace": "kube-system", "name": "external-secrets"}})
    clean.answer("kubectl", "get secrets", RECORD.replace("pending-upgrade", status) + FINE)
    assert f"external-secrets is {status}, and Pulumi does not know of it" in recover("--yes").output
    assert [act.rpartition(" ")[2] for act in clean.acts()] == ["sh.helm.release.v1.external-secrets.v2"]
    assert refreshed == ["dev"]


def test_without_a_cluster_the_rest_is_looked_at(clean: Tools) -> None:
    lock(clean, 1, "elsewhere")
    clean.answer("pulumi", "stack output kubeconfig", says="error: current stack does not have output", code=255)
    result = recover("--dry-run")
    assert "Not looked at: Helm releases (stack 'dev' has no cluster yet)" in result.output
    assert "by kim on elsewhere" in result.output
