"""The budget at AWS is the stack file's, is about this stack alone, and tells the people who get alarms."""

import json

import pytest

from tests.components.program import STACKS, Deployed, run_program, stack_file

BUDGET = "aws:budgets/budget:Budget"
SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"


@pytest.mark.parametrize("stack", STACKS)
def test_the_limit_is_the_stack_files(stack: str) -> None:
    budget, settings = run_program(stack).one(BUDGET).inputs, stack_file(stack)
    assert float(budget["limitAmount"]) == settings["openmarket:cost"]["monthlyBudget"]
    (filter_,) = budget["costFilters"]
    assert filter_["values"] == [f"user:CostCenter${settings['aws:defaultTags']['tags']['CostCenter']}"]


def test_forecast_and_costs_are_told_to_the_topic_of_warnings(deployed: Deployed) -> None:
    told = deployed.outputs["alarm_topics"]["warning"]
    found = deployed.one(BUDGET).inputs["notifications"]
    assert {each["notificationType"] for each in found} == {"FORECASTED", "ACTUAL"}
    assert all(each["subscriberSnsTopicArns"] == [told] for each in found)
    assert deployed.one(SUBSCRIPTION).inputs["subscribers"] == [{"type": "SNS", "address": told}]
    for name in (deployed.one(BUDGET).name, deployed.one(SUBSCRIPTION).name):
        assert "alarm-topics-warning-policy" in deployed.waits_for(name)


def test_no_two_stacks_watch_the_same_costs() -> None:
    watched = [run_program(stack).one(MONITOR).inputs["monitorSpecification"] for stack in STACKS]
    assert len(set(watched)) == len(STACKS)
    for specification in watched:
        assert json.loads(specification)["Tags"]["Key"] == "CostCenter"


def test_anomalies_matter_from_a_share_of_the_budget_on(prod: Deployed) -> None:
    dimension = prod.one(SUBSCRIPTION).inputs["thresholdExpression"]["dimension"]
    budget = stack_file("prod")["openmarket:cost"]["monthlyBudget"]
    assert dimension["key"] == "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
    assert 0 < int(dimension["values"][0]) <= budget / 10


def test_another_cost_center_makes_the_new_monitor_before_the_old_one_goes(deployed: Deployed) -> None:
    """The provider deletes first what it replaces under a name that the program gives."""
    assert "name" not in deployed.one(MONITOR).inputs
