"""Budgets and usage in the stack files, and the estimates of the three stacks."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.cost import budget_of
from analysis.cost.usage import cost_of
from analysis.stack_file import BadStack
from tests.components.program import STACKS, stack_file
from tests.ops.cost_documentation import estimated

WITHOUT_PRICE = {
    *("Alarms", "Container Insights", "Dashboard", "Database Insights (advanced)", "Delivery of access logs"),
    *("Metric counted in a log", "Snapshots"),
}


@pytest.mark.parametrize("stack", STACKS)
def test_only_what_is_known_to_have_no_price_is_without_one(stack: str) -> None:
    assert {line.kind for line in estimated(stack).unpriced} <= WITHOUT_PRICE


@pytest.mark.parametrize("stack", STACKS)
def test_the_budget_leaves_room_and_not_too_much(stack: str) -> None:
    assert 1.1 < budget_of(stack) / estimated(stack).total < 1.3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"monthlyBudget": 0}, "openmarket:cost.monthlyBudget is 0"),
        ({"monthlyBudget": "much"}, "openmarket:cost.monthlyBudget is much"),
        ({"usage": {}}, "openmarket:cost.usage.natGb is missing"),
        ({"usage": {"natGb": -1}}, "openmarket:cost.usage.natGb is -1"),
        ({"usage": {"natGB": 1}}, "did you mean natGb?"),
        ({"usage": {"spotDiscountPercent": 100}}, "openmarket:cost.usage.spotDiscountPercent is 100"),
    ],
)
def test_wrong_settings_are_named(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    settings = stack_file("dev")["openmarket:cost"] | changes
    (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": {"openmarket:cost": settings}}))
    with pytest.raises(BadStack, match=said.replace("?", r"\?")):
        cost_of("dev", tmp_path)


def test_a_stack_file_without_a_budget(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}")
    with pytest.raises(BadStack, match="openmarket:cost is missing"):
        cost_of("dev", tmp_path)
