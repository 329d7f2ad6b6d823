"""Everything is read once, by commands that change nothing; what is not told is noted."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ops.doctor.engine_locks import locks
from ops.doctor.finding import Ref
from ops.doctor.looking import look
from ops.doctor.reading import KINDS, CannotLook, read
from ops.errors import NotDeployed
from tests.ops.doctor.world import DENIED_ROLE, GROUP, NAMESPACE, event, node_group, pod, thing, waiting

READ = ("get", "list", "describe", "logs", "api-resources", "export", "output", "whoami")
"""Words of commands that only read."""
STATE: list[dict[str, Any]] = [
    {"urn": f"urn:pulumi:dev::openmarket::{type_}::{name}", "type": type_, "custom": True, "outputs": outputs}
    for type_, name, outputs in (
        ("aws:eks/nodeGroup:NodeGroup", "cluster-nodes-general-group", {"nodeGroupName": GROUP, "clusterName": "shop"}),
        ("aws:rds/cluster:Cluster", "database", {"clusterIdentifier": "shop-db"}),
    )
]
VPC = "urn:pulumi:dev::openmarket::aws:ec2/vpc:Vpc::vpc"
PENDING: list[dict[str, Any]] = [{"resource": {"urn": VPC}, "type": "creating"}]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with programs that answer from files there, and note what they were asked."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    crashed = pod("web", 3, status=waiting("CrashLoopBackOff"))
    ingress = thing("Ingress", "entry")
    objects = [crashed, ingress, event(ingress, "FailedDeployModel", DENIED_ROLE)]
    record = {"name": "sh.helm.release.v1.x.v2", "namespace": "kube-system", "labels": {"status": "pending-upgrade"}}
    files = {
        "export": {"deployment": {"resources": STATE, "pending_operations": PENDING}},
        "output": {"clusters": []},
        "whoami": {"url": f"file://{tmp_path}/state"},
        "api-resources": "\n".join(KINDS),
        "get secrets": json.dumps(record),
        "get": {"items": objects},
        "logs": "first\nlast\n",
        "describe-nodegroup": {"nodegroup": node_group(3)},
        "list-secrets": {"SecretList": [{"Name": "openmarket-dev-keys"}]},
        "list-attached-role-policies": {"AttachedPolicies": [{"PolicyArn": "arn:aws:iam::1:policy/a"}]},
        "list-role-policies": {"PolicyNames": ["b"]},
    }
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / f"answer {name}").write_text(text)
    for program in ("pulumi", "kubectl", "aws"):
        script = tmp_path / program
        cases = "\n".join(f'*" {name} "*) cat "{tmp_path}/answer {name}";;' for name in files)
        script.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "{program} $*" >> {tmp_path}/asked\ncase " $* " in\n{cases}\n'
            '*) echo "An error occurred (AccessDenied): not for you" >&2; exit 254;;\nesac\n'
        )
        script.chmod(0o755)
    return tmp_path


def test_everything_is_read_and_nothing_is_changed(programs: Path) -> None:
    snapshot = read("dev")
    assert [each.name for each in snapshot.state] == ["cluster-nodes-general-group", "database"]
    assert snapshot.pending == (VPC,)
    assert snapshot.node_groups[GROUP]["scalingConfig"]["desiredSize"] == 3
    assert snapshot.logs == {Ref("Pod", NAMESPACE, "web-abc-3"): ("first", "last")}
    assert snapshot.secrets.keys() == {"openmarket-dev-keys"}
    assert [each["name"] for each in snapshot.helm] == ["sh.helm.release.v1.x.v2"]
    assert snapshot.policies == {"alb-role": frozenset({"arn:aws:iam::1:policy/a", "b"})}
    assert snapshot.locks == ()
    asked = (programs / "asked").read_text().splitlines()
    assert len(asked) > 8
    for command in asked:
        words = command.split()
        assert any(word.startswith(READ) for word in words), command
        assert not {"delete", "patch", "apply", "create", "cancel", "refresh", "up"} & set(words), command


def test_what_aws_does_not_tell_is_noted_once(programs: Path) -> None:
    snapshot = read("dev")
    assert snapshot.database == {}
    assert snapshot.unread == ("An error occurred (AccessDenied): not for you",)


def test_a_database_that_aws_does_not_have_is_gone(programs: Path) -> None:
    script = programs / "aws"
    text = script.read_text().replace("(AccessDenied): not for you", "(DBClusterNotFoundFault)")
    script.write_text(text)
    snapshot = read("dev")
    assert snapshot.database == {"DBClusterIdentifier": "shop-db", "Status": ""}
    assert snapshot.unread == ()


def test_the_values_of_secrets_are_never_asked_for(programs: Path) -> None:
    read("dev")
    asked = (programs / "asked").read_text()
    assert "get-secret-value" not in asked
    assert [line for line in asked.splitlines() if "get secrets" in line and ".metadata}" not in line] == []


def test_without_a_stack_nothing_can_be_looked_at(programs: Path) -> None:
    with pytest.raises(CannotLook, match="there is no stack 'nowhere'"):
        read("nowhere")
    (programs / "pulumi").write_text("#!/bin/sh\necho \"error: no stack named 'dev' found\" >&2; exit 6\n")
    with pytest.raises(NotDeployed, match="dev is not deployed"):
        read("dev")


def test_a_backend_that_does_not_answer_is_said(programs: Path) -> None:
    (programs / "pulumi").write_text("#!/bin/sh\necho 'error: the bucket does not answer' >&2; exit 1\n")
    with pytest.raises(CannotLook, match="the bucket does not answer"):
        read("dev")


def test_a_cluster_that_does_not_answer_cannot_be_looked_at(programs: Path) -> None:
    (programs / "kubectl").write_text("#!/bin/sh\necho 'The connection to the server was refused' >&2; exit 1\n")
    with pytest.raises(CannotLook, match="the cluster does not answer: The connection to the server was refused"):
        read("dev")


def test_a_lock_in_a_folder_names_who_holds_it(programs: Path) -> None:
    folder = programs / "state" / ".pulumi" / "locks" / "organization" / "openmarket" / "dev"
    folder.mkdir(parents=True)
    lock = {"pid": 7, "username": "ann", "hostname": "laptop", "timestamp": "2026-11-26T05:00:00.123Z"}
    (folder / "one.json").write_text(json.dumps(lock))
    (folder.with_name("prod")).mkdir()
    (folder.with_name("prod") / "two.json").write_text(json.dumps(lock))
    assert locks("dev") == ("ann@laptop since 2026-11-26T05:00:00 (pid 7)",)
    (folder / "one.json").write_text("")
    assert locks("dev") == ("by an operation that begins",)


def test_a_lock_in_a_bucket_says_since_when(programs: Path) -> None:
    (programs / "answer whoami").write_text(json.dumps({"url": "s3://states?region=ap-northeast-2"}))
    listed = {"Contents": [
        {"Key": f".pulumi/locks/organization/openmarket/{stack}/1.json", "LastModified": "2026-11-26T05:00:00Z"}
        for stack in ("dev", "prod")
    ]}  # fmt: skip
    (programs / "answer list-objects-v2").write_text(json.dumps(listed))
    script = programs / "aws"
    case = f'*" list-objects-v2 "*) cat "{programs}/answer list-objects-v2";;'
    script.write_text(script.read_text().replace('case " $* " in\n', f'case " $* " in\n{case}\n'))
    assert locks("dev") == ("since 2026-11-26T05:00:00Z",)


def test_of_pulumi_cloud_there_is_no_lock(programs: Path) -> None:
    (programs / "answer whoami").write_text(json.dumps({"url": "https://app.pulumi.com/ann"}))
    assert locks("dev") == ()


def test_kinds_that_the_caller_may_not_list_are_noted_and_not_missed(programs: Path) -> None:
    script = programs / "kubectl"
    refused = 'echo "nodes is forbidden: User viewer cannot list resource nodes" >&2; exit 1'
    cases = f'*",nodes,"*|*"get nodes "*|*"get secrets "*) {refused};;'
    script.write_text(script.read_text().replace('case " $* " in\n', f'case " $* " in\n{cases}\n'))
    snapshot = read("dev")
    assert snapshot.hidden == {"Node"}
    assert snapshot.helm == ()
    assert snapshot.of_kind("Pod")
    assert sum("forbidden" in line for line in snapshot.unread) == 2
    assert [each for each in look(snapshot) if type(each.root.cause).__name__ == "MissingNodes"] == []
    script.write_text(script.read_text().replace('*",nodes,"*|', '*" get pods"*|'))
    with pytest.raises(CannotLook, match="forbidden"):
        read("dev")
