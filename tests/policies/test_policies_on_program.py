"""The program keeps the rules when every value is known, as the update asks."""

from datetime import date
from typing import Any

import pytest

from analysis.exceptions import load
from policies.pack import Pack
from policies.resources import Resource
from policies.rule import Level, Rule
from policies.rules import RULES
from tests.components.kinds import with_kinds
from tests.components.program import STACKS, run_program

_MOCKED = "cluster-eks-eksCluster"
"""The cluster inside pulumi-eks's component, which mocks make without its properties. The engine's test judges it."""

_SECRET = "4dabf18193072939515e22adb298388d"
"""The key by which the engine marks a secret."""


def plain(value: Any) -> Any:
    """The value without the marks of secrets, as a pack gets it."""
    if isinstance(value, dict):
        return value["value"] if _SECRET in value else {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("stack", "every_kind"), [*((stack, False) for stack in STACKS), ("prod", True)])
def test_no_resource_breaks_a_rule(stack: str, every_kind: bool) -> None:
    """As the stack files are, and in production with services of all kinds, one of them with a schema of its own."""
    production = stack == "prod"
    exceptions, problems = load(rule.id for rule in RULES)
    assert not problems
    pack = Pack(stack, exceptions, production, date(2026, 12, 1))
    rules = [r for r in RULES if isinstance(r, Rule) and (production or r.level is not Level.PRODUCTION)]
    deployed = run_program(stack, with_kinds(stack, mailer={"database": {"name": "mail"}}) if every_kind else None)
    found: list[str] = []
    judged: set[str] = set()
    for registered in deployed.resources:
        if registered.name == _MOCKED:
            continue
        options = deployed.options.get(registered.name)
        inputs = {key: plain(value) for key, value in registered.inputs.items()}
        resource = Resource(registered.type, registered.name, inputs, protect=bool(options and options.protect))
        for rule in rules:
            if resource.type in rule.types:
                judged.add(rule.id)
                found += [f"{rule.id}: {resource.name}: {v}" for v in pack.violations(rule, resource)]
    assert found == []
    assert not pack.undecided
    jobs = {each.name for each in deployed.of("batch/v1:CronJob")}
    assert jobs == ({"shop-nightly-cron-job", "shop-reindex-cron-job"} if every_kind else set())
    assert {"no-wildcard-actions", "trust-narrow", "pod-hardened"} <= judged
