"""What services know: settings and secrets, each of exactly one version."""

import json
from copy import deepcopy
from typing import Any

import pytest

from components.workloads.settings import NAME
from tests.components.program import Deployed, run_program, stack_file

SECRETS = {
    "openmarket-db-credentials": {
        *("DB_HOST", "DB_READER_HOST", "DB_PORT", "DB_NAME", "DB_USERNAME", "DB_PASSWORD"),
    },
    "openmarket-redis-credentials": {"REDIS_HOST", "REDIS_AUTH_TOKEN"},
    "openmarket-app-secrets": {"JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET"},
}


def external_secret(deployed: Deployed, name: str) -> dict[str, Any]:
    (found,) = [
        resource.inputs
        for resource in deployed.of(":ExternalSecret")
        if "metadata" in resource.inputs and resource.inputs["metadata"]["name"] == name
    ]
    return dict(found)


def sources(deployed: Deployed, service: str) -> list[str]:
    """Names of what a service's environment comes from, in order."""
    (container,) = deployed.one("apps/v1:Deployment", f"shop-{service}-deployment").inputs["spec"]["template"]["spec"][
        "containers"
    ]
    return [next(iter(source.values()))["name"] for source in container["envFrom"]]


def config_map(deployed: Deployed) -> dict[str, Any]:
    return dict(deployed.one("core/v1:ConfigMap", NAME).inputs)


def with_settings(section: str, **changes: Any) -> Deployed:
    settings = deepcopy(stack_file("dev"))
    settings[f"openmarket:{section}"] |= changes
    return run_program("dev", settings)


@pytest.mark.parametrize(
    ("stack", "node_env", "level"),
    [("dev", "development", "debug"), ("staging", "production", "info"), ("prod", "production", "warn")],
)
def test_settings_of_the_stack(stack: str, node_env: str, level: str) -> None:
    data = config_map(run_program(stack))["data"]
    assert data["NODE_ENV"] == node_env
    assert data["LOG_LEVEL"] == level
    assert (data["API_PORT"], data["DB_PORT"], data["REDIS_PORT"]) == ("3000", "3306", "6379")
    assert data["AWS_REGION"] == "ap-northeast-2"
    assert data["API_URL"].endswith(f"://api.{stack_file(stack)['openmarket:domain']}")
    assert data["CDN_URL"].startswith("https://")
    assert {"UPLOADS_BUCKET", "ASSETS_BUCKET", "SHOP_URL"} <= set(data)


def test_features_are_switches_in_the_environment() -> None:
    data = config_map(with_settings("application", features={"newCheckout": True, "coupons": False}))["data"]
    assert (data["FEATURE_NEW_CHECKOUT"], data["FEATURE_COUPONS"]) == ("true", "false")


def test_other_settings_are_another_config_map_that_pods_name(dev: Deployed) -> None:
    """Its name is for Pulumi to generate, and so never that of one which a failed deployment left behind."""
    assert config_map(dev)["immutable"] is True
    assert "name" not in config_map(dev)["metadata"]
    assert sources(dev, "frontend-web") == ["openmarket-config"]
    assert sources(dev, "backend-api")[0] == "openmarket-config"


@pytest.mark.parametrize(("name", "keys"), SECRETS.items())
def test_secrets_are_pinned_to_a_version(dev: Deployed, name: str, keys: set[str]) -> None:
    made = external_secret(dev, name)
    spec = made["spec"]
    assert spec["refreshInterval"] == "1h"
    assert spec["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "aws-secrets-manager"}
    assert {entry["secretKey"] for entry in spec["data"]} == keys
    assert len({entry["remoteRef"]["version"] for entry in spec["data"]}) == 1
    assert spec["data"][0]["remoteRef"]["version"].startswith("uuid/")
    target = spec["target"]["name"]
    assert target.startswith(f"{name}-")
    assert target in sources(dev, "backend-api")
    assert json.loads(made["metadata"]["annotations"]["pulumi.com/waitFor"]) == [
        f"jsonpath={{.status.binding.name}}={target}",
        "condition=Ready",
    ]


def test_the_applications_password_is_not_the_masters(dev: Deployed) -> None:
    password = next(
        entry["remoteRef"]
        for entry in external_secret(dev, "openmarket-db-credentials")["spec"]["data"]
        if entry["secretKey"] == "DB_PASSWORD"
    )
    assert (password["key"], password["property"]) == ("openmarket-dev-app-db-credentials", "password")


def test_secrets_wait_for_the_store_and_for_permission_to_read(dev: Deployed) -> None:
    needed = dev.dependencies("shop-db-credentials-external-secret")
    assert "addons-external-secrets-store" in needed
    assert "addons-external-secrets-identity-data-database-app-db-credentials-read" in needed


def test_third_party_keys_come_once_they_are_named() -> None:
    deployed = with_settings("credentials", apiKeys=["PAYMENT_API_KEY"])
    spec = external_secret(deployed, "openmarket-api-keys")["spec"]
    assert spec["data"] == [
        {
            "secretKey": "PAYMENT_API_KEY",
            "remoteRef": {"key": "openmarket-dev-api-keys", "property": "PAYMENT_API_KEY"},
        }
    ]
    assert "openmarket-api-keys" in sources(deployed, "backend-api")


def test_third_party_keys_of_one_version_roll_the_pods() -> None:
    version = "0f0e0d0c-0b0a-0908-0706-050403020100"
    deployed = with_settings("credentials", apiKeys=["PAYMENT_API_KEY"], apiKeysVersion=version)
    spec = external_secret(deployed, "openmarket-api-keys")["spec"]
    assert spec["data"][0]["remoteRef"]["version"] == f"uuid/{version}"
    assert spec["target"]["name"] != "openmarket-api-keys"
    assert spec["target"]["name"] in sources(deployed, "backend-api")


def test_a_service_gets_only_what_it_uses(dev: Deployed) -> None:
    assert len(sources(dev, "frontend-web")) == 1
    assert len(sources(dev, "backend-api")) == 1 + len(SECRETS)


def test_pods_start_guarded(dev: Deployed) -> None:
    policies = {
        f"shop-policies-{what}"
        for what in ("default-deny", "allow-dns", "backend-api", "frontend-web", "database-users")
    }
    for guarded in ("shop-backend-api-deployment", "shop-frontend-web-deployment", "database-users"):
        assert policies <= dev.dependencies(guarded)
