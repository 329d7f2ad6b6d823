"""A service's own secret: empty in AWS, in the environment of that service, and read by nobody but the operator."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from tests.components.kinds import with_kinds
from tests.components.program import Deployed, run_program

KEYS = ["PAYMENT_KEY", "WEBHOOK_TOKEN"]
OWNERS = ("backend-api", "mailer", "nightly", "reindex")
"""One of each kind."""
VERSION = "0f0e0d0c-0b0a-0908-0706-050403020100"


@cache
def deployed(stack: str = "dev", version: str = "") -> Deployed:
    settings = with_kinds(stack)
    for service in OWNERS:
        settings["openmarket:services"][service] |= {"secrets": KEYS, "secretsVersion": version}
    return run_program(stack, settings)


def external(found: Deployed, service: str) -> Mapping[str, Any]:
    return found.one(":ExternalSecret", f"shop-secrets-{service}-external-secret").inputs


def containers(found: Deployed) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The containers of all pods, each with the name of the service, or of the Job, whose pods they are."""
    specs = [each.inputs["spec"] for each in found.of("apps/v1:Deployment") + found.of("batch/v1:Job")]
    specs += [each.inputs["spec"]["jobTemplate"]["spec"] for each in found.of("batch/v1:CronJob")]
    for spec in specs:
        pod = spec["template"]
        for container in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]:
            yield pod["metadata"]["labels"]["app.kubernetes.io/name"], container


def sources(container: Mapping[str, Any]) -> list[str]:
    """Names of the Secrets and ConfigMaps that a container's environment comes from."""
    return [next(iter(each.values()))["name"] for each in container.get("envFrom", [])]


@pytest.mark.parametrize("service", OWNERS)
def test_each_key_is_a_variable_of_the_service_of_any_kind(service: str) -> None:
    spec = external(deployed(), service)["spec"]
    remote = {each["secretKey"]: each["remoteRef"] for each in spec["data"]}
    assert remote == {key: {"key": f"openmarket-dev/{service}", "property": key} for key in KEYS}
    owners = {name for name, container in containers(deployed()) if spec["target"]["name"] in sources(container)}
    assert owners == {service}


def test_who_names_no_keys_has_no_secret() -> None:
    made = {each.inputs["name"] for each in deployed().of("secretsmanager/secret:Secret")}
    assert {name.partition("/")[2] for name in made if "/" in name} == set(OWNERS)


def test_the_program_owns_the_secret_and_no_value_of_it() -> None:
    secret = deployed().one("secretsmanager/secret:Secret", "data-mailer-secrets-secret").inputs
    assert secret["name"] == "openmarket-dev/mailer"
    assert secret["description"] == "Secrets of mailer, set by hand: a JSON object with PAYMENT_KEY, WEBHOOK_TOKEN"
    assert not [each for each in deployed().of("secretVersion:SecretVersion") if "mailer" in each.name]


def test_pods_start_once_the_operator_has_read_every_key() -> None:
    awaited = json.loads(external(deployed(), "mailer")["metadata"]["annotations"]["pulumi.com/waitFor"])
    assert "condition=Ready" in awaited
    assert "shop-secrets-mailer-external-secret" in deployed().waits_for("shop-mailer-deployment")
    assert "addons-external-secrets-identity-data-mailer-secrets-read" in deployed().waits_for(
        "shop-secrets-mailer-external-secret"
    )


def test_only_the_operator_may_read_it() -> None:
    arn = "secret:openmarket-dev/mailer-"
    readers = [each.name for each in deployed().of("aws:iam/rolePolicy:RolePolicy") if arn in each.inputs["policy"]]
    assert readers == ["addons-external-secrets-identity-data-mailer-secrets-read"]


def test_a_version_pins_the_values_and_rolls_the_pods() -> None:
    pinned = external(deployed(version=VERSION), "mailer")["spec"]
    assert {each["remoteRef"]["version"] for each in pinned["data"]} == {f"uuid/{VERSION}"}
    assert pinned["target"]["name"] != external(deployed(), "mailer")["spec"]["target"]["name"]


def test_production_keeps_what_people_have_set() -> None:
    name = "data-mailer-secrets-secret"
    assert deployed("prod").options[name].protect
    assert not deployed().options[name].protect
    assert deployed("prod").one("secretsmanager/secret:Secret", name).inputs["recoveryWindowInDays"] == 30
