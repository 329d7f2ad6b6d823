"""A session at the database: what its pod is allowed, by the program's own Job, and the script that opens it."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ops.operate.database_session import SCRIPT, database_pod, secret_of
from ops.operate.session_pod import session_job, session_policies
from tests.components.program import run_program

VALUES = {
    "DB_HOST": "writer.rds.test", "DB_READER_HOST": "reader.rds.test", "DB_PORT": "3306", "DB_NAME": "openmarket",
    "DB_USERNAME": "openmarket_application", "DB_PASSWORD": "CorrectHorse1",
}  # fmt: skip
CLIENT = '#!/bin/sh\nprintf "%s" "$*" >"$NOTES/arguments"\nenv >"$NOTES/environment"\ncat\n'


def names(metadata: Mapping[str, Any]) -> set[str]:
    """What an object is called: a Job's own name is generated."""
    return {str(metadata.get("name")), str(metadata.get("labels", {}).get("app.kubernetes.io/name"))}


def program(type_: str, name: str) -> dict[str, Any]:
    """An object of the production program, as the cluster has it."""
    (inputs,) = [each.inputs for each in run_program("prod").of(type_) if name in names(each.inputs["metadata"])]
    metadata = {"name": name, "uid": "u-1", **inputs["metadata"], "namespace": "openmarket-prod"}
    return json.loads(json.dumps({**inputs, "metadata": metadata}))


@pytest.fixture(scope="module")
def users() -> dict[str, Any]:
    return program("batch/v1:Job", "database-users")


def pod_of(job: dict[str, Any]) -> dict[str, Any]:
    return job["spec"]["template"]["spec"]


def test_the_pod_is_hardened_as_that_of_the_program(users: dict[str, Any]) -> None:
    pod = pod_of(session_job(database_pod(users, {}), 30))
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert container["resources"] == pod_of(users)["containers"][0]["resources"]
    assert container["image"] == pod_of(users)["containers"][0]["image"]
    assert "@sha256:" in container["image"]


def test_it_has_the_services_user_as_files_and_nothing_of_the_other_users(users: dict[str, Any]) -> None:
    job = session_job(database_pod(users, {}), 30)
    text = json.dumps(job)
    secret = secret_of(users)
    sources = {each["prefix"]: each["secretRef"]["name"] for each in pod_of(users)["containers"][0]["envFrom"]}
    assert secret == sources.pop("APPLICATION_")
    assert secret in text
    assert not [name for name in sources.values() if f'"{name}"' in text]
    assert not {"env", "envFrom"} & pod_of(job)["containers"][0].keys()
    assert "initContainers" not in pod_of(job)
    (mount,) = [each for each in pod_of(job)["containers"][0]["volumeMounts"] if each["mountPath"] == "/credentials"]
    (volume,) = [each for each in pod_of(job)["volumes"] if each["name"] == mount["name"]]
    assert mount["readOnly"] is True
    assert {each["key"] for each in volume["secret"]["items"]} == VALUES.keys()


def test_it_ends_by_itself_and_leaves_nothing(users: dict[str, Any]) -> None:
    spec = session_job(database_pod(users, {}), 30)["spec"]
    assert (spec["activeDeadlineSeconds"], spec["ttlSecondsAfterFinished"], spec["backoffLimit"]) == (1800, 0, 0)
    assert int(pod_of({"spec": spec})["containers"][0]["command"][1]) > spec["activeDeadlineSeconds"]


def test_its_policy_admits_the_database_alone(users: dict[str, Any]) -> None:
    job = session_job(database_pod(users, {}), 30)
    job["metadata"]["uid"] = "u-2"
    theirs = program("networking.k8s.io/v1:NetworkPolicy", "database-users")
    (policy,) = session_policies(database_pod(users, theirs), job)
    assert policy["spec"]["podSelector"] == {
        "matchLabels": {"batch.kubernetes.io/job-name": job["metadata"]["name"]}
    }  # fmt: skip
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policy["spec"]
    assert [port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]] == [3306]
    assert all("ipBlock" in peer for rule in policy["spec"]["egress"] for peer in rule["to"])
    (owner,) = policy["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("Job", job["metadata"]["name"], "u-2")


def test_two_sessions_are_two_jobs(users: dict[str, Any]) -> None:
    pod = database_pod(users, {})
    assert session_job(pod, 1)["metadata"]["name"] != session_job(pod, 1)["metadata"]["name"]


class Bench:
    """A directory in which the script runs, with a client that takes notes and prints its input."""

    def __init__(self, path: Path) -> None:
        self.path = path
        client = path / "mysql"
        client.write_text(CLIENT)
        client.chmod(0o755)

    def run(self, *arguments: str, sql: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
        for name, value in {**VALUES, **changed}.items():
            (self.path / name).write_text(value)
        script = SCRIPT.read_text().replace("/tmp/", f"{self.path}/").replace("/credentials/", f"{self.path}/")  # noqa: S108
        environment = {"PATH": f"{self.path}:{os.environ['PATH']}", "NOTES": str(self.path)}
        command = ["sh", "-euc", script, "session", *arguments]
        return subprocess.run(
            command, env=environment, input=sql, text=True, capture_output=True, timeout=60, check=False
        )

    def options(self) -> str:
        return (self.path / "session").read_text()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    if not shutil.which("sh"):
        pytest.skip("no shell")
    return Bench(tmp_path)


def test_a_session_is_read_only_and_at_a_reader(bench: Bench) -> None:
    result = bench.run("read", "prod", sql="SELECT 1;")
    assert (result.returncode, result.stdout) == (0, "SELECT 1;"), result.stderr
    options = bench.options().splitlines()
    assert "host=reader.rds.test" in options
    assert 'init-command="SET SESSION TRANSACTION READ ONLY"' in options
    assert 'prompt="prod, read only> "' in options
    assert "ssl-mode=REQUIRED" in options


def test_a_session_that_may_write_is_at_the_writer(bench: Bench) -> None:
    assert bench.run("write", "prod").returncode == 0
    assert "host=writer.rds.test" in bench.options().splitlines()
    assert "init-command" not in bench.options()
    assert 'prompt="prod, may write> "' in bench.options().splitlines()


def test_the_password_is_in_a_file_of_the_user_alone(bench: Bench) -> None:
    bench.run("read", "dev")
    assert f"password={VALUES['DB_PASSWORD']}" in bench.options().splitlines()
    assert (bench.path / "session").stat().st_mode & 0o077 == 0
    assert VALUES["DB_PASSWORD"] not in (bench.path / "arguments").read_text()
    environment = (bench.path / "environment").read_text()
    assert VALUES["DB_PASSWORD"] not in environment
    assert "MYSQL_HISTFILE=/dev/null" in environment


@pytest.mark.parametrize(
    ("key", "value"),
    [("DB_PASSWORD", "a\nb"), ("DB_NAME", "a;b"), ("DB_HOST", "a b"), ("DB_PORT", ""), ("DB_USERNAME", 'a"b')],
)
def test_values_that_would_be_options_are_refused(bench: Bench, key: str, value: str) -> None:
    result = bench.run("write", "dev", **{key: value})
    assert result.returncode == 1
    assert f"{key} must have nothing but characters of" in result.stderr
    assert not (bench.path / "arguments").exists()


def test_a_schema_may_have_an_underscore(bench: Bench) -> None:
    assert bench.run("read", "dev", DB_NAME="order_items").returncode == 0
    assert "database=order_items" in bench.options().splitlines()


def test_an_unknown_mode_is_refused(bench: Bench) -> None:
    result = bench.run("both", "dev")
    assert result.returncode == 1
    assert "the mode must be read or write, not both" in result.stderr
