"""A secret in a stack output is found by its value, wherever it comes from and whatever the output is called."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from analysis.urns import STACK
from policies.resources import UNKNOWN, NotYetKnownError, Resource, Stack
from policies.rules.outputs import outputs_without_secrets

PASSWORD = "correct-horse-battery"
GENERATED = Resource("random:index/randomPassword:RandomPassword", "password", {"length": 21, "result": PASSWORD})
STORED = Resource(
    "aws:secretsmanager/secretVersion:SecretVersion", "version",
    {"secretId": "shop-db", "secretString": json.dumps({"username": "openmarket_admin", "password": PASSWORD})},
)  # fmt: skip
CACHE = Resource("aws:elasticache/replicationGroup:ReplicationGroup", "cache", {"authToken": PASSWORD, "port": 6379})


def found(outputs: Mapping[str, Any], *others: Resource) -> list[str]:
    root = Resource(STACK, "openmarket-dev", outputs, "urn:stack")
    return [str(each) for each in outputs_without_secrets(root, Stack([root, *others]))]


@pytest.mark.parametrize("origin", [GENERATED, STORED, CACHE], ids=lambda each: each.name)
@pytest.mark.parametrize(
    "value", [PASSWORD, f"mysql://admin:{PASSWORD}@host/db", {"nested": [PASSWORD]}, json.dumps({"password": PASSWORD})]
)
def test_the_value_is_found_wherever_it_stands(origin: Resource, value: Any) -> None:
    (violation,) = found({"alb_dns": "a.example.com", "note": value}, origin)
    assert f"output note contains the secret of {origin.name}" in violation
    assert PASSWORD not in violation


PROVIDER = Resource(
    "pulumi:providers:kubernetes", "cluster", {"kubeconfig": json.dumps({"users": ["aws eks get-token"]})}
)


def test_what_is_no_secret_may_be_told() -> None:
    outputs = {
        "kubeconfig": PROVIDER.content["kubeconfig"],
        "user": "openmarket_admin",
        "secret_name": "shop-db",
        "port": "6379",
    }
    assert found(outputs, GENERATED, STORED, CACHE, PROVIDER) == []


def test_what_is_known_is_judged_although_another_output_is_not() -> None:
    root = Resource(STACK, "openmarket-dev", {"later": UNKNOWN, "note": PASSWORD}, "urn:stack")
    checked = outputs_without_secrets(root, Stack([root, GENERATED]))
    assert "output note" in str(next(checked))
    with pytest.raises(NotYetKnownError, match="later"):
        next(checked)
