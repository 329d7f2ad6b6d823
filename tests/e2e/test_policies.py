"""The policy pack under the real engine: it stops what breaks a rule, and lets the program through."""

import re

import pytest

from analysis.urns import STACK
from tests.e2e.checkout import Checkout
from tests.policies.table import CASES

pytestmark = pytest.mark.e2e

FOUND = re.compile(r"\[(mandatory|advisory)\]\s+([\w-]+)\s+\(([\w:/.]+): ([\w-]+)\)")
"""Level, rule, type and name of the resource, as the engine prints a violation."""


def preview(checkout: Checkout, stack: str) -> tuple[str, set[tuple[str, ...]]]:
    """What a preview with the pack printed, and the violations in it."""
    printed = checkout.pulumi("preview", stack, "--policy-pack", "policies", check=False)
    return printed, set(FOUND.findall(printed))


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_the_program_keeps_every_rule(checkout: Checkout, stack: str) -> None:
    printed, found = preview(checkout, stack)
    assert "preview failed" not in printed
    # A preview from nothing always has values that only the update knows: the pack has run.
    assert [rule for _, rule, *_ in found] == ["known-later"]


def test_a_bill_above_the_budget_stops_a_preview(checkout: Checkout) -> None:
    with checkout.configured("prod", "cost", monthlyBudget=1000):
        printed, found = preview(checkout, "prod")
    assert "error: preview failed" in printed
    where = ("aws:eks:NodeGroup", "cluster-nodes-general-group")
    assert ("mandatory", "monthly-budget", *where) in found


def test_a_rule_on_all_resources_stops_an_update_before_its_first_one(checkout: Checkout) -> None:
    with checkout.configured("prod", "cost", monthlyBudget=1000):
        printed = checkout.make("up", "STACK=prod", check=False)
    assert "[monthly-budget]" in printed
    assert "nothing was changed" in printed
    assert checkout.status()["objects"] == {}


@pytest.fixture(scope="module")
def broken(checkout: Checkout) -> Checkout:
    """A checkout whose program breaks every rule."""
    program = checkout.path / "__main__.py"
    program.write_text((checkout.path / "tests" / "e2e" / "violations.py").read_text())
    return checkout


def test_each_rule_stops_a_preview_in_production(broken: Checkout) -> None:
    printed, found = preview(broken, "prod")
    assert "error: preview failed" in printed
    # Outputs are the stack's, which cannot have a rule's name.
    blocked = {rule for level, rule, type_, name in found if level == "mandatory" and (rule == name or type_ == STACK)}
    assert set(CASES) - blocked == set()


def test_a_warning_stops_nothing_in_development(broken: Checkout) -> None:
    _, found = preview(broken, "dev")
    levels = {rule: level for level, rule, _, name in found if rule == name}
    assert levels["database-encrypted"] == "mandatory"
    assert levels["ingress-tls"] == "advisory"
    assert levels["monthly-budget"] == "advisory"
    assert "deletion-protection" not in levels
