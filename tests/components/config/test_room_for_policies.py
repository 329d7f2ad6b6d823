"""A stack has no more secrets than the role that reads them for the cluster may have policies about."""

from typing import Any

import pytest

from components.config import secret_rules
from tests.components.config.test_loading import message
from tests.components.kinds import SIZE, with_kinds
from tests.components.program import Deployed, run_program

MOST = 10_240
"""Characters of all inline policies of a role: IAM and AWS STS quotas."""
OPERATOR = "addons-external-secrets-identity-"


def settings(count: int, stack: str = "prod") -> dict[str, Any]:
    """A stack with so many services that have a schema and a secret each, half of which have a migration."""
    made = with_kinds(stack)
    made["openmarket:credentials"]["apiKeys"] = ["PAYMENT_API_KEY"]
    for number in range(count):
        made["openmarket:services"][f"s{number}"] = {
            "kind": "worker", "database": {"name": f"schema_{number}"}, "secrets": ["KEY"], "replicas": 1,
            "maxReplicas": 1, "migration": {"command": ["migrate"] if number % 2 else []}, **SIZE,
        }  # fmt: skip
    return made


def policies(made: Deployed) -> int:
    """Characters of the operator's inline policies."""
    found = [each.inputs["policy"] for each in made.of("aws:iam/rolePolicy:RolePolicy")]
    names = [each.name for each in made.of("aws:iam/rolePolicy:RolePolicy")]
    return sum(len(policy) for name, policy in zip(names, found, strict=True) if name.startswith(OPERATOR))


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_is_accepted_fits_and_is_counted_as_it_is(stack: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = policies(run_program(stack, settings(count, stack)))
    assert needed < MOST
    monkeypatch.setattr(secret_rules, "_ALL_POLICIES", needed)
    run_program(stack, settings(count, stack))
    if count:
        monkeypatch.setattr(secret_rules, "_ALL_POLICIES", needed - 1)
        with pytest.raises(Exception, match="takes policies of"):
            run_program(stack, settings(count, stack))


def test_more_is_refused_with_the_number_that_fits() -> None:
    text = message(settings(8), "prod")
    assert "openmarket:services is 20 secrets\n    needs 14 at most of services (secrets) and of the users of" in text
    assert text.startswith("Pulumi.prod.yaml has 1 problem;")
