"""Alarms on the real engine: they know their load balancer, tell their topics, change nothing later, and go."""

import json

import pytest

from emulator.aws.tokens import ALARM, LOAD_BALANCER, TOPIC
from emulator.store import Store
from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e


def test_alarms_watch_the_load_balancer_that_the_controller_made(deployed: Checkout) -> None:
    store = Store(deployed.path / ".emulator" / "aws.sqlite")
    (balancer,) = store.find(LOAD_BALANCER)
    watched = {
        alarm.outputs["dimensions"]["LoadBalancer"]
        for alarm in store.find(ALARM)
        if alarm.outputs.get("namespace") == "AWS/ApplicationELB"
    }
    (name,) = watched
    assert name.startswith(f"app/{balancer.id}/")


def test_a_metric_sets_an_alarm_off_and_its_topic_gets_a_message(deployed: Checkout) -> None:
    said = deployed.emulator("metric", "AWS/RDS/CPUUtilization", "99", "--stack", "dev").stdout
    assert "openmarket-dev-database-cpu: INSUFFICIENT_DATA -> ALARM" in said
    messages = json.loads(deployed.emulator("messages", "openmarket-dev-alarms-warning", "--json").stdout)
    assert '"openmarket-dev-database-cpu"' in messages[-1]["subject"]
    assert "docs/runbook.md#database-cpu" in messages[-1]["text"]
    said = deployed.emulator("metric", "AWS/ApplicationELB/HealthyHostCount", "0", "--stack", "dev").stdout
    assert "openmarket-dev-no-healthy-target: INSUFFICIENT_DATA -> ALARM" in said
    assert json.loads(deployed.emulator("messages", "openmarket-dev-alarms-critical", "--json").stdout)


def test_topics_are_outputs(deployed: Checkout) -> None:
    store = Store(deployed.path / ".emulator" / "aws.sqlite")
    assert set(deployed.outputs("dev")["alarm_topics"].values()) == {topic.id for topic in store.find(TOPIC)}
