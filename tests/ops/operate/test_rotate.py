"""A rotation replaces what makes the value, says what that does to sessions, and ends when no pod has the old one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.operate import values_in_pods
from tests.ops.operate.conftest import IDENTITY, Redeployed, Tools

GENERATED = "random:index/randomPassword:RandomPassword"
SCHEMA = "openmarket:data:Schema"
SECRET = "aws:secretsmanager/secret:Secret"
EXTERNAL = "kubernetes:external-secrets.io/v1:ExternalSecret"
NAMES = (
    "data-database-rds-password", "data-database-app-db-password", "data-database-migration-db-password",
    "data-cache-auth-token", "data-app-secrets-jwt-access-secret", "data-app-secrets-jwt-refresh-secret",
)  # fmt: skip


def urn(name: str, type_: str = GENERATED) -> str:
    return f"urn:pulumi:dev::openmarket::{type_}::{name}"


def state() -> dict[str, Any]:
    inputs = {"metadata": {"namespace": "openmarket-dev"}}
    external = {"urn": urn("db", EXTERNAL), "type": EXTERNAL, "custom": True, "inputs": inputs}
    passwords = [{"urn": urn(name), "type": GENERATED, "custom": True} for name in NAMES]
    own = {"urn": urn("own", SECRET), "type": SECRET, "custom": True, "inputs": {"name": "openmarket-dev/mailer"}}
    return {"deployment": {"resources": [external, own, *passwords, *of_schemas()]}}


def of_schemas() -> Iterator[dict[str, Any]]:
    """The users of two schemas of services, one of which is called as if it were the other's migrations."""
    for schema, users in (("order_items", ("app", "migration")), ("order_items_migration", ("app",))):
        label = f"data-schema-{schema.replace('_', '-')}"
        yield {"urn": urn(label, SCHEMA), "type": SCHEMA, "custom": False, "outputs": {"schema": schema}}
        for user in users:
            parent = urn(label, SCHEMA)
            yield {"urn": urn(f"{label}-{user}-password"), "type": GENERATED, "custom": True, "parent": parent}


def pod(name: str, secret: str, **metadata: str) -> dict[str, Any]:
    env = [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": secret, "key": "DB_PASSWORD"}}}]
    return {
        "metadata": {"name": name, "namespace": "openmarket-dev", **metadata},
        "spec": {"containers": [{"name": "c", "env": env}]},
        "status": {"phase": "Running"},
    }


def rotate(*words: str) -> Result:
    return CliRunner().invoke(app, ["rotate", *words, "--stack", "dev"])


@pytest.fixture
def rotating_stack(tools: Tools, project: Redeployed, monkeypatch: pytest.MonkeyPatch) -> Redeployed:
    monkeypatch.setattr(values_in_pods, "_PAUSE", 0.01)
    tools.answer("pulumi", "stack export --stack dev", json.dumps(state()))
    tools.answer("kubectl", "get secrets", "openmarket-dev  db-2\nkube-system  other\n")
    tools.objects("pods", [pod("old", "db-1"), pod("new", "db-2")], [pod("new", "db-2")])
    return project


@pytest.mark.parametrize(
    ("name", "replaced", "says"),
    [
        ("database", ["data-database-app-db-password"], "the value before works until the next rotation"),
        (
            "database-order_items",
            ["data-schema-order-items-app-password"],
            "gives the password of the services' user of the schema order_items a new value",
        ),
        (
            "database-order_items-migration",
            ["data-schema-order-items-migration-password"],
            "gives the password of the migrations' user of the schema order_items a new value",
        ),
        (
            "database-order_items_migration",
            ["data-schema-order-items-migration-app-password"],
            "the value before works until the next rotation",
        ),
        ("database-master", ["data-database-rds-password"], "the one before stops to work"),
        ("cache", ["data-cache-auth-token"], "ElastiCache takes both"),
        (
            "tokens",
            ["data-app-secrets-jwt-access-secret", "data-app-secrets-jwt-refresh-secret"],
            "everybody is logged out",
        ),
    ],
)
def test_what_makes_the_value_is_replaced(
    rotating_stack: Redeployed, name: str, replaced: list[str], says: str
) -> None:
    result = rotate(name, "--yes")
    assert result.exit_code == 0, result.output
    ((further, _),) = rotating_stack.ups
    assert further[:2] == ["--message", f"rotate {name}, by {IDENTITY['Arn']}"]
    assert further[2:] == [word for each in replaced for word in ("--replace", urn(each))]
    assert says in result.output


def test_it_waits_until_no_pod_has_the_old_value(rotating_stack: Redeployed, tools: Tools) -> None:
    result = rotate("database", "--yes")
    assert "none of 1 pods runs with the old one" in result.output.splitlines()[-1]
    assert len([line for line in tools.asked("kubectl") if "get pods" in line]) == 2
    assert [(line["command"], line["outcome"]) for line in tools.audit()] == [("rotate database", "done")]


def test_a_pod_that_keeps_the_old_value_fails_it(rotating_stack: Redeployed, tools: Tools) -> None:
    tools.objects("pods", [pod("old", "db-1"), pod("going", "db-1", deletionTimestamp="2026-11-26T05:00:00Z")])
    result = rotate("database", "--yes", "--seconds", "0")
    assert result.exit_code == 1
    assert "pods still run with the old value after 0 s: old\n" in result.output
    assert [line["outcome"] for line in tools.audit()] == ["failed"]


def test_volumes_and_whole_secrets_count(rotating_stack: Redeployed) -> None:
    mounted, sourced = pod("mounted", "db-2"), pod("sourced", "db-2")
    mounted["spec"]["volumes"] = [{"name": "v", "secret": {"secretName": "db-1"}}]
    sourced["spec"]["containers"][0]["envFrom"] = [{"secretRef": {"name": "db-1"}}]
    ended = pod("ended", "db-1") | {"status": {"phase": "Succeeded"}}
    found = values_in_pods.left_behind([mounted, sourced, ended], {("openmarket-dev", "db-2")})
    assert list(found) == ["mounted", "sourced"]


def test_a_dry_run_shows_the_preview_and_changes_nothing(rotating_stack: Redeployed) -> None:
    result = rotate("tokens", "--dry-run")
    assert result.exit_code == 0
    assert "everybody is logged out and signs in again" in result.output
    assert "a change of dev" in result.output
    assert rotating_stack.ups == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("jwt", "no credential 'jwt': those of the stack are database, database-migration, database-master, cache, to"),
        ("grafana", "no credential 'grafana'"),
        (
            "database-orders",
            "cache, tokens, database-order_items, database-order_items-migration, database-order_items_",
        ),
        ("api-keys", "the keys of api-keys are set by hand"),
        ("mailer", "the keys of mailer are set by hand"),
    ],
)
def test_what_is_none_of_the_stack_is_named_with_those_that_are(
    rotating_stack: Redeployed, name: str, says: str
) -> None:
    result = rotate(name, "--yes")
    assert result.exit_code == 1
    assert says in result.output
    assert rotating_stack.ups == []
