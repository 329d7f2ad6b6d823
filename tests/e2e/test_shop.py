"""Releases and rotations: pods get exactly the image, the settings and the secrets that the program saw."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import start
from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

NAMESPACE = "openmarket-dev"
BACKEND = "app.kubernetes.io/name=backend-api"
IMPATIENT = {"OPENMARKET_EMULATOR_TIME": "0.05"}
"""Pulumi waits ten minutes for a Deployment whose pods cannot start."""
ROTATIONS = {
    "database": ("data:Aurora", "data-database-app-db-password", "openmarket-db-credentials", "DB_PASSWORD"),
    "cache": ("data:Redis", "data-cache-auth-token", "openmarket-redis-credentials", "REDIS_AUTH_TOKEN"),
    "tokens": (
        *("data:GeneratedSecret", "data-app-secrets-jwt-access-secret"),
        *("openmarket-app-secrets", "JWT_ACCESS_SECRET"),
    ),
}
"""The component that draws the value, the value, the ExternalSecret it ends up in, and its key there."""


@pytest.fixture(scope="module")
def deployed(checkout: Checkout, snapshots: Path) -> Iterator[Checkout]:
    """The dev stack after its first `up`, with no image configured. In the end it goes, as it is then."""
    start.deployed(checkout, snapshots, "dev")
    yield checkout
    checkout.destroy("dev")
    assert checkout.status()["objects"] == {}


def pods(checkout: Checkout) -> list[dict[str, Any]]:
    """The backend's pods that are not on their way out."""
    found = checkout.kubectl("dev", "get", "pods", "-n", NAMESPACE, "-l", BACKEND)["items"]
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def kubectl(checkout: Checkout, *arguments: str, check: bool = True) -> str:
    """What kubectl prints in the shop's namespace."""
    command = ("run", "--stack", "dev", "--", "kubectl", "-n", NAMESPACE, *arguments)
    return checkout.emulator(*command, check=check).stdout


def images(checkout: Checkout) -> set[str]:
    return {container["image"] for pod in pods(checkout) for container in pod["spec"]["containers"]}


def secrets(checkout: Checkout, name: str) -> set[str]:
    """Names of the Secrets that the backend's pods take from one ExternalSecret."""
    sources = [source for pod in pods(checkout) for source in pod["spec"]["containers"][0]["envFrom"]]
    named = {source["secretRef"]["name"] for source in sources if "secretRef" in source}
    return {found for found in named if found.startswith(f"{name}-")}


def secret_names(checkout: Checkout) -> set[str]:
    """Names of the Secrets that there are."""
    found = checkout.kubectl("dev", "get", "secret", "-n", NAMESPACE)["items"]
    return {secret["metadata"]["name"] for secret in found}


def named(checkout: Checkout, kind: str, start: str) -> list[dict[str, Any]]:
    """The shop's objects of the kind whose names start so."""
    found = checkout.kubectl("dev", "get", kind, "-n", NAMESPACE)["items"]
    return [each for each in found if each["metadata"]["name"].startswith(start)]


def urn(component: str, password: str) -> str:
    """Of a generated value."""
    types = f"openmarket:data:Stores$openmarket:{component}$random:index/randomPassword:RandomPassword"
    return f"urn:pulumi:dev::openmarket::{types}::{password}"


def push(checkout: Checkout, tag: str) -> str:
    """An image that the emulated ECR has: its full name with its digest."""
    return checkout.emulator("push", "openmarket-dev/backend-api", tag).stdout.strip()


@pytest.mark.parametrize(("component", "password", "name", "key"), ROTATIONS.values(), ids=ROTATIONS.keys())
def test_a_rotation_ends_with_every_pod_on_the_new_version(
    deployed: Checkout, component: str, password: str, name: str, key: str
) -> None:
    (before,) = secrets(deployed, name)
    old = deployed.kubectl("dev", "get", "secret", before, "-n", NAMESPACE)["data"][key]
    deployed.up("dev", "--replace", urn(component, password))
    (after,) = secrets(deployed, name)
    assert after != before
    assert deployed.kubectl("dev", "get", "secret", after, "-n", NAMESPACE)["data"][key] != old
    assert before not in secret_names(deployed)
    assert len(pods(deployed)) == 2
    deployed.up("dev", "--expect-no-changes")


def test_third_party_keys_end_with_every_pod_on_the_named_version(deployed: Checkout) -> None:
    key, before = "PAYMENT_API_KEY", ""
    for value in ("first", "second"):
        answer = deployed.run(
            *("aws", "secretsmanager", "put-secret-value", "--secret-id", "openmarket-dev-api-keys"),
            *("--secret-string", json.dumps({key: value})),
        ).stdout
        version = json.loads(answer)["VersionId"]
        with deployed.configured("dev", "credentials", apiKeys=[key], apiKeysVersion=version):
            deployed.up("dev")
        (after,) = secrets(deployed, "openmarket-api-keys")
        found = deployed.kubectl("dev", "get", "secret", after, "-n", NAMESPACE)["data"][key]
        assert base64.b64decode(found).decode() == value
        assert before not in secret_names(deployed)
        before = after
    deployed.up("dev")


def test_keys_of_a_service_stop_its_rollout_until_people_have_set_them(deployed: Checkout) -> None:
    secret, keys = "openmarket-dev/backend-api", {"WEBHOOK_TOKEN": "1", "SIGNING_KEY": "2"}
    stanza = deployed.stack_file("dev")["openmarket:services"]["backend-api"] | {"secrets": list(keys)}
    before = {pod["metadata"]["name"] for pod in pods(deployed)}
    with deployed.configured("dev", "services", **{"backend-api": stanza}):
        printed = deployed.make("up", "STACK=dev", check=False, env=IMPATIENT)
        assert f"the secret {secret} has no value for SIGNING_KEY and WEBHOOK_TOKEN yet" in printed
        assert f"aws secretsmanager put-secret-value --secret-id {secret}" in printed
        assert {pod["metadata"]["name"] for pod in pods(deployed)} == before
        put = ("secretsmanager", "put-secret-value", "--secret-id", secret, "--secret-string", json.dumps(keys))
        deployed.run("aws", *put)
        deployed.up("dev")
    (found,) = named(deployed, "secret", "secrets-backend-api")
    assert {key: base64.b64decode(value).decode() for key, value in found["data"].items()} == keys
    assert not before & {pod["metadata"]["name"] for pod in pods(deployed)}


def test_changed_settings_roll_the_pods(deployed: Checkout) -> None:
    before = {pod["metadata"]["name"] for pod in pods(deployed)}
    with deployed.configured("dev", "application", features={"newCheckout": True}):
        deployed.up("dev")
        (settings,) = named(deployed, "configmap", "openmarket-config-")
        assert settings["data"]["FEATURE_NEW_CHECKOUT"] == "true"
        assert not before & {pod["metadata"]["name"] for pod in pods(deployed)}
    deployed.up("dev")


def test_a_release_is_an_image_by_digest(deployed: Checkout) -> None:
    assert images(deployed) == {"registry.k8s.io/e2e-test-images/agnhost:2.63.0"}
    stanzas = deployed.stack_file("dev")["openmarket:services"]
    image = push(deployed, "1.0")
    with deployed.configured("dev", "services", **{"backend-api": stanzas["backend-api"] | {"image": image}}):
        deployed.up("dev")
        assert images(deployed) == {image}
    missing = f"{image.partition('@')[0]}@sha256:{'0' * 64}"
    hasty = stanzas["backend-api"] | {"image": missing, "startupSeconds": 5}
    with deployed.configured("dev", "services", **{"backend-api": hasty}):
        printed = deployed.up("dev", check=False, env=IMPATIENT)
    assert missing in printed
    assert "backend-api-" in printed
    assert "ImagePullBackOff" in printed or "ErrImagePull" in printed
    # The release before serves on.
    assert image in images(deployed)
    with deployed.configured("dev", "services", **{"backend-api": stanzas["backend-api"] | {"image": image}}):
        deployed.up("dev")
        assert images(deployed) == {image}


def test_a_release_that_failed_is_taken_back(deployed: Checkout) -> None:
    """Its settings and its migration had taken the place of those before, which were still there."""
    stanzas = deployed.stack_file("dev")["openmarket:services"]
    migration = {"mode": "job", "command": ["npx", "prisma", "migrate", "deploy"]}
    backend = stanzas["backend-api"] | {"image": push(deployed, "2.0"), "migration": migration}
    following = backend | {"image": push(deployed, "3.0")}
    missing = f"{following['image'].partition('/')[0]}/openmarket-dev/frontend-web@sha256:{'0' * 64}"
    frontend = stanzas["frontend-web"] | {"image": missing, "startupSeconds": 5}
    with deployed.configured("dev", "services", **{"backend-api": backend}):
        deployed.up("dev")
    with (
        deployed.configured("dev", "services", **{"backend-api": following, "frontend-web": frontend}),
        deployed.configured("dev", "application", features={"newCheckout": True}),
    ):
        assert missing in deployed.up("dev", check=False, env=IMPATIENT)
    # What went before is still there: the settings, and the migration, which has run.
    assert len(named(deployed, "job", "backend-api-migration-")) == 2
    assert len(named(deployed, "configmap", "openmarket-config-")) == 2
    with deployed.configured("dev", "services", **{"backend-api": backend}):
        deployed.up("dev")
        assert images(deployed) == {backend["image"]}
        assert len(named(deployed, "job", "backend-api-migration-")) == 1
        (settings,) = named(deployed, "configmap", "openmarket-config-")
        assert "FEATURE_NEW_CHECKOUT" not in settings["data"]
        deployed.up("dev", "--expect-no-changes")
    deployed.up("dev")


def test_a_rollout_at_the_autoscalers_maximum_stays_within_the_quota(deployed: Checkout) -> None:
    stanza = deployed.stack_file("dev")["openmarket:services"]["frontend-web"]
    most = stanza["maxReplicas"]
    busy = stanza | {"replicas": most}
    with deployed.configured("dev", "services", **{"frontend-web": busy}):
        deployed.up("dev")
    available = f"--for=jsonpath={{.status.availableReplicas}}={most}"
    kubectl(deployed, "wait", "deployment/frontend-web", available, "--timeout=180s")
    changed = busy | {"environment": stanza["environment"] | {"RELEASE": "next"}}
    with deployed.configured("dev", "services", **{"frontend-web": changed}):
        deployed.up("dev")
    status = deployed.kubectl("dev", "get", "deployment", "frontend-web", "-n", NAMESPACE)["status"]
    assert status["updatedReplicas"] == status["availableReplicas"] == most
    quota = deployed.kubectl("dev", "get", "resourcequota", "openmarket", "-n", NAMESPACE)["status"]
    assert most < int(quota["used"]["pods"]) < int(quota["hard"]["pods"])
    refused = kubectl(deployed, "create", "service", "loadbalancer", "other", "--tcp=80", check=False)
    assert "exceeded quota: openmarket" in refused
    deployed.up("dev")
