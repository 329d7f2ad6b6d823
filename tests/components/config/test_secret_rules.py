"""Names of keys whose values people set: none that a service's environment has otherwise."""

from typing import Any

import pytest

from components import config
from components.config.application import generated
from components.config.uses import WITH_SECRET, Use
from components.workloads.store_secrets import variables
from tests.components.config.test_loading import message
from tests.components.kinds import with_kinds
from tests.components.program import run

KEY = "PAYMENT_KEY"
VERSION = "0f0e0d0c-0b0a-0908-0706-050403020100"

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("mailer", {"secrets": ["payment-key"]}, "mailer.secrets[0] is payment-key\n    needs a list of different names"),
    ("mailer", {"secrets": KEY}, "mailer.secrets is PAYMENT_KEY\n    needs a list of different names"),
    ("mailer", {"secrets": [KEY, KEY]}, "(listed twice: PAYMENT_KEY)"),
    (
        "mailer",
        {"secrets": [KEY], "environment": {KEY: "1"}},
        'mailer.secrets is ["PAYMENT_KEY"]\n    needs other names, or environment without PAYMENT_KEY',
    ),
    ("mailer", {"secretsVersion": VERSION}, f"mailer.secretsVersion is {VERSION}\n    needs to be empty, as secrets"),
    ("mailer", {"secrets": [KEY], "secretsVersion": "latest"}, "secretsVersion is latest\n    needs the VersionId"),
    ("mailer", {"secrets": ["REDIS_AUTH_TOKEN"]}, "other names in place of REDIS_AUTH_TOKEN, which the service's"),
    ("mailer", {"secrets": ["NODE_ENV", KEY]}, "other names in place of NODE_ENV, which the service's environment has"),
    ("mailer", {"secrets": ["BACKEND_API_URL"]}, "other names in place of BACKEND_API_URL, which"),
    ("mailer", {"secrets": ["API_URL"]}, "other names in place of API_URL, which"),
    ("nightly", {"secrets": ["DB_PASSWORD"]}, "other names in place of DB_PASSWORD, which"),
    ("backend-api", {"secrets": ["THIRD_PARTY"]}, "other names in place of THIRD_PARTY, which"),
    ("backend-api", {"secrets": ["FEATURE_COUPONS"]}, "other names in place of FEATURE_COUPONS, which"),
    ("frontend-web", {"secrets": ["PORT"]}, "other names in place of PORT, which"),
]  # fmt: skip


def settings(service: str, change: dict[str, Any]) -> dict[str, Any]:
    """A stack with all kinds, a third-party key and a feature, in which one service is changed."""
    made = with_kinds()
    made["openmarket:credentials"]["apiKeys"] = ["THIRD_PARTY"]
    made["openmarket:application"]["features"] = {"coupons": True}
    made["openmarket:services"][service] |= change
    return made


@pytest.mark.parametrize(("service", "change", "expected"), WRONG, ids=lambda each: str(each)[:50])
def test_a_key_that_cannot_be_a_variable_of_its_service_is_refused(
    service: str, change: dict[str, Any], expected: str
) -> None:
    text = message(settings(service, change))
    assert expected in text.replace("openmarket:services.", "")
    assert text.startswith("Pulumi.dev.yaml has 1 problem;")


@pytest.mark.parametrize(
    ("service", "key"),
    [("mailer", "DB_PASSWORD"), ("mailer", "THIRD_PARTY"), ("nightly", "BACKEND_API_URL"), ("reindex", KEY)],
)
def test_a_name_that_only_others_have_is_free(service: str, key: str) -> None:
    found: list[config.StackConfig] = []
    run("dev", settings(service, {"secrets": [key]}), lambda: found.append(config.load()))
    assert found[0].services[service].secrets == (key,)


@pytest.mark.parametrize("use", [each for each in WITH_SECRET if each is not Use.API_KEYS])
def test_the_names_of_stores_are_those_of_their_secrets(use: Use) -> None:
    assert set(variables(use, ())) <= set(generated([use]))
    assert set(generated([use])) - set(generated([])) <= set(variables(use, ()))
