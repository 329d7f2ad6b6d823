"""Secrets: what is in them, and that it is nowhere else."""

import json
from copy import deepcopy
from typing import Any

import pytest
from pulumi.runtime import MockResourceArgs
from pulumi.runtime.rpc import _special_secret_sig, _special_sig_key  # pyright: ignore[reportPrivateUsage]

from emulator.mocks import CatalogueMocks
from tests.components.program import Deployed, run_program, stack_file

PASSWORDS = "random:index/randomPassword:RandomPassword"


def values(deployed: Deployed, secret: str) -> dict[str, str]:
    """What a secret holds, by its physical name without the stack's prefix."""
    (found,) = [s for s in deployed.of("secret:Secret") if s.inputs["name"].endswith(f"-{secret}")]
    version = deployed.one("secretVersion:SecretVersion", found.name.removesuffix("-secret") + "-version")
    return json.loads(revealed(version.inputs["secretString"]))


def revealed(value: Any) -> str:
    """What the program marked as secret, so that the engine encrypts it."""
    assert value[_special_sig_key] == _special_secret_sig
    return value["value"]


def has_grafana(deployed: Deployed) -> bool:
    return deployed.outputs["namespace"] != "openmarket-dev"


def test_grafanas_administrator(prod: Deployed) -> None:
    administrator = values(prod, "grafana")
    assert administrator["admin-user"] == "admin"
    assert administrator["admin-password"] == generated(prod)["addons-prometheus-grafana-password"]


def generated(deployed: Deployed) -> dict[str, str]:
    """The passwords that were drawn, as the mocks draw them."""
    mocks = CatalogueMocks()
    return {
        resource.name: mocks.new_resource(MockResourceArgs(resource.type, resource.name, dict(resource.inputs)))[1][
            "result"
        ]
        for resource in deployed.of(PASSWORDS)
    }


def test_names(deployed: Deployed) -> None:
    names = {secret.inputs["name"].split("-", 2)[2] for secret in deployed.of("secretsmanager/secret:Secret")}
    assert names == {
        *("rds-credentials", "app-db-credentials", "migration-db-credentials"),
        *("redis-credentials", "app-secrets", "api-keys"),
        *(["grafana"] if has_grafana(deployed) else []),
    }


def test_database_users(dev: Deployed) -> None:
    users = {name: values(dev, name) for name in ("rds-credentials", "app-db-credentials", "migration-db-credentials")}
    assert len({user["username"] for user in users.values()}) == 3
    assert len({user["password"] for user in users.values()}) == 3
    for user in users.values():
        assert user["host"] == dev.outputs["database_endpoint"]
        assert user["reader_host"] == dev.outputs["database_reader_endpoint"]
        assert (user["port"], user["dbname"]) == ("3306", "openmarket")
    cluster = dev.one("rds/cluster:Cluster").inputs
    assert users["rds-credentials"]["username"] == cluster["masterUsername"]
    assert users["rds-credentials"]["password"] == revealed(cluster["masterPassword"])


def test_cache_token(dev: Deployed) -> None:
    secret = values(dev, "redis-credentials")
    group = dev.one("elasticache/replicationGroup:ReplicationGroup").inputs
    assert secret == {"auth_token": revealed(group["authToken"]), "host": dev.outputs["redis_endpoint"], "port": "6379"}


def test_keys_that_sign_tokens(dev: Deployed) -> None:
    secret = values(dev, "app-secrets")
    assert set(secret) == {"jwt_access_secret", "jwt_refresh_secret"}
    assert {len(value) for value in secret.values()} == {64}


def test_third_party_keys_have_names_and_no_values() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:credentials"]["apiKeys"] = ["PAYMENT_API_KEY", "MAP_API_KEY"]
    deployed = run_program("dev", settings)
    secret = deployed.one("secretsmanager/secret:Secret", "data-api-keys-secret").inputs
    assert secret["description"].endswith("with PAYMENT_API_KEY, MAP_API_KEY")
    versions = {version.name for version in deployed.of("secretVersion:SecretVersion")}
    assert not any("api-keys" in name for name in versions)
    assert len(versions) == len(deployed.of("secretsmanager/secret:Secret")) - 1


@pytest.mark.parametrize(("stack", "days"), [("dev", 0), ("staging", 0), ("prod", 30)])
def test_recovery(stack: str, days: int) -> None:
    secrets = run_program(stack).of("secretsmanager/secret:Secret")
    assert {secret.inputs["recoveryWindowInDays"] for secret in secrets} == {days}


def test_passwords_fit_everywhere(deployed: Deployed) -> None:
    for password in deployed.of(PASSWORDS):
        assert password.inputs["special"] is False
        assert password.inputs["length"] in (32, 64)


def test_values_are_in_secrets_and_nowhere_else(deployed: Deployed) -> None:
    allowed = {
        "aws:secretsmanager/secretVersion:SecretVersion": {"secretString"},
        "aws:rds/cluster:Cluster": {"masterPassword"},
        "aws:elasticache/replicationGroup:ReplicationGroup": {"authToken"},
    }
    secrets = set(generated(deployed).values())
    assert len(secrets) == 6 + has_grafana(deployed)
    for resource in deployed.resources:
        public: dict[str, Any] = {
            key: value for key, value in resource.inputs.items() if key not in allowed.get(resource.type, ())
        }
        text = json.dumps(public, default=str)
        assert not [secret for secret in secrets if secret in text], f"{resource.name} shows a secret"
    text = json.dumps(deployed.outputs, default=str)
    assert not [secret for secret in secrets if secret in text]
