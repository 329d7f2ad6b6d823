"""A session is told, asked for, noted down, and its pod goes with it, whatever happens."""

import json
from functools import partial
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.cluster import Cluster, ClusterError
from ops.deploy.summary import Target
from ops.operate import sessions
from tests.ops.operate.conftest import KINDS, Tools

SECRET = "openmarket-db-credentials-7015fd4d99"
CREATED = {"kind": "Job", "metadata": {"name": "connect-database-1", "namespace": "openmarket-dev", "uid": "u-2"}}


def users(secret: str = SECRET, created: str = "2026-11-26T05:00:00Z") -> dict[str, Any]:
    container = {
        "name": "database-users", "image": f"registry.test/mysql:8@sha256:{'a' * 64}",
        "envFrom": [{"prefix": "APPLICATION_", "secretRef": {"name": secret}}],
    }  # fmt: skip
    return {
        "kind": "Job",
        "metadata": {"name": "database-users-1", "namespace": "openmarket-dev", "creationTimestamp": created},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }


def pod(**state: Any) -> dict[str, Any]:
    return {
        "kind": "Pod",
        "metadata": {"name": "connect-database-1-x", "labels": {"batch.kubernetes.io/job-name": "connect-database-1"}},
        "status": {"containerStatuses": [{"name": "mysql", "state": state}]},
    }


EGRESS = [{"to": [{"ipBlock": {"cidr": "10.0.9.0/24"}}], "ports": [{"port": 3306}]}]
POLICY = {"kind": "NetworkPolicy", "metadata": {"name": "database-users"}, "spec": {"egress": EGRESS}}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The objects that the command has created."""
    found: list[dict[str, Any]] = []
    run = Cluster.run

    def noted(cluster: Cluster, *arguments: str, text: str = "", seconds: int = 60) -> str:
        if text:
            found.append(json.loads(text))
        return run(cluster, *arguments, text=text, seconds=seconds)

    monkeypatch.setattr(Cluster, "run", noted)
    return found


@pytest.fixture
def cluster(tools: Tools, made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Tools:
    """A cluster in which the pod runs at the second look."""
    monkeypatch.setattr(sessions, "_PAUSE", 0.01)
    kinds = ("jobs.batch", "events", "networkpolicies.networking.k8s.io")
    tools.answer("kubectl", "api-resources", "\n".join([*KINDS, *kinds]))
    tools.objects("jobs.batch --namespace", [users()])
    tools.objects("networkpolicies.networking.k8s.io", [POLICY])
    waiting = pod(waiting={"reason": "ContainerCreating"})
    tools.objects("jobs.batch,pods,events", [CREATED, waiting], [CREATED, pod(running={})])
    tools.answer("kubectl", "create --filename -", json.dumps(CREATED))
    tools.answer("kubectl", "exec --stdin", "1\n")
    tools.answer("kubectl", "delete jobs.batch connect-database-1")
    return tools


def connect(*words: str, to: str = "database") -> Result:
    return CliRunner().invoke(app, ["connect", to, "--stack", "dev", *words])


def test_the_pod_and_its_policy_are_made_used_and_deleted(cluster: Tools, made: list[dict[str, Any]]) -> None:
    result = connect("--yes")
    assert result.exit_code == 0, result.output
    assert [each["kind"] for each in made] == ["Job", "NetworkPolicy"]
    assert made[1]["spec"]["egress"] == EGRESS
    session, deletion = cluster.acts()[-2:]
    assert "exec --stdin --namespace openmarket-dev connect-database-1-x --container mysql -- sh -euc" in session
    assert session.endswith(" session read dev")
    assert "delete jobs.batch connect-database-1 --namespace openmarket-dev" in deletion
    (line,) = cluster.audit()
    assert (line["command"], line["outcome"]) == ("connect database", "done")


def test_it_says_before_what_it_will_do(cluster: Tools) -> None:
    result = connect("--dry-run", "--minutes", "15")
    assert result.exit_code == 0
    assert f"with {SECRET} as files in the pod, at a reader if there is one, and read only" in result.output
    assert "or after 15 min" in result.output
    assert cluster.acts() == []
    assert cluster.audit() == []


def test_writing_is_said_and_noted_down(cluster: Tools) -> None:
    result = connect("--yes", "--write")
    assert result.exit_code == 0, result.output
    assert "at the writer, and may write" in result.output
    assert cluster.acts()[-2].endswith(" session write dev")
    assert cluster.audit()[0]["command"] == "connect database --write"


@pytest.mark.parametrize(
    ("emulated", "why"),
    [(False, "the session has ended with exit code 1"), (True, "as no container runs on the emulator")],
)
def test_a_session_that_fails_leaves_no_pod(
    emulated: bool, why: str, cluster: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "Target", partial(Target, emulated=emulated))
    cluster.answer("kubectl", "exec --stdin", says="ERROR 2003", code=1)
    result = connect("--yes")
    assert result.exit_code == 1
    assert why in result.output
    assert "delete jobs.batch connect-database-1" in cluster.acts()[-1]
    assert cluster.audit()[0]["outcome"] == "failed"


def test_a_policy_that_is_refused_leaves_no_pod(cluster: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    create = sessions._create  # pyright: ignore[reportPrivateUsage]

    def refusing(where: Cluster, wanted: dict[str, Any]) -> str:
        if wanted["kind"] == "NetworkPolicy":
            raise ClusterError("networkpolicies is forbidden")
        return create(where, wanted)

    monkeypatch.setattr(sessions, "_create", refusing)
    result = connect("--yes")
    assert result.exit_code == 1
    assert "networkpolicies is forbidden" in result.output
    assert "exec" not in " ".join(cluster.acts())
    assert "delete jobs.batch connect-database-1" in cluster.acts()[-1]


def test_a_pod_that_does_not_start_says_why(cluster: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_PATIENCE", 0.1)
    quota = {
        "kind": "Event", "metadata": {"name": "e"}, "type": "Warning", "message": "exceeded quota: openmarket",
        "involvedObject": {"name": "connect-database-1"},
    }  # fmt: skip
    cluster.objects("jobs.batch,pods,events", [CREATED, quota])
    result = connect("--yes")
    assert result.exit_code == 1
    assert "the pod does not run after 0 s: exceeded quota: openmarket" in result.output
    assert "delete jobs.batch connect-database-1" in cluster.acts()[-1]


def test_a_job_that_has_ended_is_not_waited_for(cluster: Tools) -> None:
    cluster.objects("jobs.batch,pods,events", [])
    result = connect("--yes")
    assert result.exit_code == 1
    assert "connect-database-1 has ended before the session, as no container runs on the emulator" in result.output


def test_what_could_not_be_deleted_is_told(cluster: Tools) -> None:
    cluster.answer("kubectl", "delete jobs.batch connect-database-1", says="error: no route to host", code=1)
    result = connect("--yes", "--minutes", "20")
    assert result.exit_code == 0
    assert "connect-database-1 is still there, and ends by itself within 20 min: no route to host" in result.output


def test_a_session_may_be_at_a_schema_of_a_service(cluster: Tools, made: list[dict[str, Any]]) -> None:
    """Each has a Job, with a Secret and a network policy of its own."""
    secret, wanted = "openmarket-db-schema-order-items-app-credentials-1", "database-users-order-items"
    egress = [{"to": [{"ipBlock": {"cidr": "10.0.10.0/24"}}], "ports": [{"port": 3306}]}]
    cluster.objects("jobs.batch --namespace", [users(secret)])
    policy = {"kind": "NetworkPolicy", "metadata": {"name": wanted}, "spec": {"egress": egress}}
    cluster.objects("networkpolicies.networking.k8s.io", [POLICY, policy])
    result = connect("--schema", "order_items", "--yes")
    assert result.exit_code == 0, result.output
    assert f"with {secret} as files" in result.output
    assert made[1]["spec"]["egress"] == egress
    assert any(f"--selector app.kubernetes.io/name={wanted}" in each for each in cluster.asked("kubectl"))
    assert cluster.audit()[0]["command"] == "connect database --schema order_items"


def test_the_newest_job_tells_the_secret(cluster: Tools) -> None:
    older = users("openmarket-db-credentials-old", "2026-11-01T05:00:00Z")
    cluster.objects("jobs.batch --namespace", [users(), older])
    assert SECRET in connect("--dry-run").output


@pytest.mark.parametrize("kinds", ["jobs.batch --namespace", "networkpolicies.networking.k8s.io"])
def test_a_stack_without_database_users_is_said(cluster: Tools, kinds: str) -> None:
    cluster.objects(kinds, [])
    result = connect("--yes")
    assert result.exit_code == 1
    assert "dev has no Job database-users with its network policy" in result.output
    assert cluster.acts() == []


def test_a_schema_that_no_service_uses_is_said(cluster: Tools) -> None:
    result = connect("--schema", "order_items", "--yes")
    assert result.exit_code == 1
    assert "dev has no Job database-users-order-items with its network policy" in result.output
    assert "no service uses the schema order_items" in result.output


CACHE_SECRET = "openmarket-redis-credentials-0a1b2c3d4e"
CACHE_EGRESS = [{"to": [{"ipBlock": {"cidr": "10.0.9.0/24"}}], "ports": [{"port": 6379}]}]


@pytest.fixture
def with_cache(cluster: Tools) -> Tools:
    """The cluster, with a service that uses the cache and the database."""
    container = {
        "name": "backend-api", "image": "registry.test/backend@sha256:" + "b" * 64, "securityContext": {},
        "envFrom": [{"configMapRef": {"name": "c"}}, *[{"secretRef": {"name": it}} for it in (SECRET, CACHE_SECRET)]],
    }  # fmt: skip
    service = {
        "kind": "Deployment", "metadata": {"name": "backend-api", "namespace": "openmarket-dev"},
        "spec": {"template": {"spec": {
            "securityContext": {"runAsNonRoot": True}, "serviceAccountName": "backend-api", "containers": [container],
        }}},
    }  # fmt: skip
    policy = {
        "kind": "NetworkPolicy",
        "metadata": {"name": "backend-api"},
        "spec": {"egress": [*EGRESS, *CACHE_EGRESS]},
    }
    cluster.objects("deployments.apps --namespace", [service])
    cluster.objects("networkpolicies.networking.k8s.io", [POLICY, policy])
    return cluster


def test_a_session_at_the_cache_is_a_pod_with_its_own_way(with_cache: Tools, made: list[dict[str, Any]]) -> None:
    result = connect("--yes", to="cache")
    assert result.exit_code == 0, result.output
    assert f"with {CACHE_SECRET} as files in the pod, read only: the client refuses what writes" in result.output
    assert [each["kind"] for each in made] == ["Job", "NetworkPolicy"]
    assert made[0]["metadata"]["name"].startswith("connect-cache-")
    (container,) = made[0]["spec"]["template"]["spec"]["containers"]
    assert "/mysql:" in container["image"], "that of the database's client, by the stack file or as it is pinned"
    assert made[1]["spec"]["egress"] == CACHE_EGRESS
    session, deletion = with_cache.acts()[-2:]
    assert "--container cache -- bash -euc" in session
    assert session.endswith(" session read dev 6379")
    assert "delete jobs.batch" in deletion
    (line,) = with_cache.audit()
    assert (line["command"], line["outcome"]) == ("connect cache", "done")


def test_writing_to_the_cache_is_said_and_noted_down(with_cache: Tools) -> None:
    dry = connect("--dry-run", "--write", to="cache")
    assert "as files in the pod, and may write" in dry.output
    assert with_cache.acts() == []
    assert connect("--yes", "--write", to="cache").exit_code == 0
    assert with_cache.acts()[-2].endswith(" session write dev 6379")
    assert with_cache.audit()[0]["command"] == "connect cache --write"


@pytest.mark.parametrize("left", [[], [{"kind": "NetworkPolicy", "metadata": {"name": "backend-api"}, "spec": {}}]])
def test_a_service_without_a_way_to_the_cache_is_said(left: list[dict[str, Any]], with_cache: Tools) -> None:
    with_cache.objects("networkpolicies.networking.k8s.io", left)
    result = connect("--yes", to="cache")
    assert result.exit_code == 1
    assert "or `make repair STACK=dev` brings them back" in result.output
    assert with_cache.acts() == []


def test_a_stack_without_a_user_of_the_cache_is_said(cluster: Tools) -> None:
    result = connect("--yes", to="cache")
    assert result.exit_code == 1
    assert "dev has no service that uses the cache, with its network policy" in result.output
    assert cluster.acts() == []


def test_a_session_at_a_services_place_is_a_pod_of_its_own(with_cache: Tools, made: list[dict[str, Any]]) -> None:
    result = connect("backend", "--yes", to="pod")
    assert result.exit_code == 0, result.output
    assert "which has no permission in AWS or in the cluster" in result.output
    assert "opens a shell with the environment of backend-api, without its Secrets" in result.output
    assert [each["kind"] for each in made] == ["Job", "NetworkPolicy"]
    assert made[0]["metadata"]["name"].startswith("connect-pod-")
    assert made[1]["spec"]["egress"] == [*EGRESS, *CACHE_EGRESS]
    assert "volumes" in made[0]["spec"]["template"]["spec"]
    assert CACHE_SECRET not in json.dumps(made)
    session, deletion = with_cache.acts()[-2:]
    assert "--container shell -- sh -c" in session
    assert session.endswith(" session dev, backend-api")
    assert "delete jobs.batch" in deletion
    (line,) = with_cache.audit()
    assert (line["command"], line["outcome"]) == ("connect pod backend-api", "done")


def test_a_session_as_the_service_is_said_and_noted_down(with_cache: Tools, made: list[dict[str, Any]]) -> None:
    dry = connect("backend-api", "--dry-run", "--write", to="pod")
    assert "which has the service account of backend-api and its permissions in AWS" in dry.output
    assert "opens a shell with the environment of backend-api, and its Secrets" in dry.output
    assert with_cache.acts() == []
    assert connect("backend-api", "--yes", "--write", to="pod").exit_code == 0
    assert CACHE_SECRET in json.dumps(made[0])
    assert with_cache.audit()[0]["command"] == "connect pod backend-api --write"


@pytest.mark.parametrize("kinds", ["deployments.apps --namespace", "networkpolicies.networking.k8s.io"])
def test_a_service_that_is_not_there_is_said(kinds: str, with_cache: Tools) -> None:
    with_cache.objects(kinds, [])
    result = connect("backend", "--yes", to="pod")
    assert result.exit_code == 1
    assert "dev has no Deployment or CronJob backend-api with its network policy" in result.output
    assert "`make repair STACK=dev` brings them back" in result.output
    assert with_cache.acts() == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["pod"], "`connect pod` needs the name of a service: those of dev are frontend-web, backend-api"),
        (["pod", "billing"], "there is no service 'billing': the services of dev are frontend-web, backend-api"),
        (["pod", "backend", "--schema", "orders"], "--schema is for `connect database`"),
        (["cache", "--schema", "orders"], "--schema is for `connect database`"),
        (["cache", "backend"], "a service such as backend is for `connect pod`"),
        (["database", "backend"], "a service such as backend is for `connect pod`"),
    ],
)
def test_arguments_of_another_place_are_refused(words: list[str], says: str, with_cache: Tools) -> None:
    result = connect(*words[1:], "--yes", to=words[0])
    assert result.exit_code == 1
    assert says in result.output
    assert with_cache.audit() == []


def test_nothing_else_can_be_connected_to() -> None:
    result = CliRunner().invoke(app, ["connect", "bucket"])
    assert result.exit_code == 2
    assert "'bucket' is not one of 'database', 'cache', 'pod'" in result.output
