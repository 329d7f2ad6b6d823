"""The dashboard: every graph fits, shows what alarms watch with their thresholds, and its picture is current."""

import json
from typing import Any
from xml.etree import ElementTree

from components.alarms.dashboard import PANELS
from tests.components.kinds import with_kinds
from tests.components.program import Deployed, run_program, stack_file, with_settings
from tests.ops.dashboard_documentation import FILE, current

DASHBOARD = "cloudwatch/dashboard:Dashboard"


def widgets(deployed: Deployed) -> list[dict[str, Any]]:
    return json.loads(deployed.one(DASHBOARD).inputs["dashboardBody"])["widgets"]


def graphs(deployed: Deployed) -> dict[str, dict[str, Any]]:
    return {each["properties"]["title"]: each["properties"] for each in widgets(deployed) if each["type"] == "metric"}


def test_the_picture_is_current() -> None:
    assert current() == FILE.read_text(), "run python -m tests.ops.dashboard_documentation"
    ElementTree.fromstring(current())  # noqa: S314 - our own


def test_no_widget_lies_on_another(deployed: Deployed) -> None:
    places = [
        (x, y)
        for each in widgets(deployed)
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(places) == len(set(places))
    assert max(x for x, _ in places) < 24


def test_it_shows_requests_errors_latency_saturation_and_money(deployed: Deployed) -> None:
    titles = list(graphs(deployed))
    for word in ("Requests", "Errors", "Latency", "Database", "Cache", "Pods", "Nodes", "Money"):
        assert any(title.startswith(word) for title in titles), word


def test_all_alarms_show_their_state(deployed: Deployed) -> None:
    (states,) = [each for each in widgets(deployed) if each["type"] == "alarm"]
    named = {arn.rpartition(":")[2] for arn in states["properties"]["alarms"]}
    assert named == {alarm.inputs["name"] for alarm in deployed.of("metricAlarm:MetricAlarm")}


def test_graphs_have_the_thresholds_of_the_alarms() -> None:
    prod = run_program("prod", with_kinds("prod"))
    kinds = {
        each.inputs["alarmDescription"].rpartition("#")[2]: each.inputs for each in prod.of("metricAlarm:MetricAlarm")
    }
    for panel in PANELS:
        drawn = graphs(prod)[panel.title]["annotations"]["horizontal"]
        for kind in panel.kinds:
            if kind in kinds:
                assert any(each["label"].startswith(kind) for each in drawn), kind
                assert kinds[kind]["threshold"] in {each["value"] for each in drawn}


def test_ids_are_unique_in_a_graph(deployed: Deployed) -> None:
    for graph in graphs(deployed).values():
        ids = [series[-1]["id"] for series in graph["metrics"] if "id" in series[-1]]
        assert len(ids) == len(set(ids))


def test_the_budget_is_the_stacks(prod: Deployed) -> None:
    (money,) = [graph for title, graph in graphs(prod).items() if title.startswith("Money")]
    budget = stack_file("prod")["openmarket:cost"]["monthlyBudget"]
    assert [each["value"] for each in money["annotations"]["horizontal"]] == [budget]
    assert money["region"] == "us-east-1"


def test_what_a_stack_does_not_have_is_not_drawn() -> None:
    without = with_settings("addons", containerInsights={"enabled": False, "applicationSignals": False})
    assert not {"Pods", "Nodes"} & set(graphs(without))
    assert "Requests that the firewall blocks" not in graphs(run_program("dev"))
