"""The load balancer in metrics: the one of the Ingress, and something that CloudWatch takes while there is none."""

import json

import pytest

from components.workloads.load_balancer_lookup import NONE
from tests.components import program
from tests.components.program import ALB, Deployed, run_program, stack_file

ALARM = "cloudwatch/metricAlarm:MetricAlarm"


def named(deployed: Deployed) -> set[str]:
    """What alarms name as the load balancer."""
    return {
        alarm.inputs["dimensions"]["LoadBalancer"]
        for alarm in deployed.of(ALARM)
        if "LoadBalancer" in (alarm.inputs.get("dimensions") or {})
    }


def test_alarms_name_the_part_of_its_arn_that_metrics_have(deployed: Deployed) -> None:
    assert named(deployed) == {ALB}


def test_alarms_stay_valid_while_there_is_no_load_balancer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LOAD_BALANCER_ARNS", [])
    deployed = run_program("dev", stack_file("dev"))
    assert named(deployed) == {NONE}
    assert "LoadBalancer = 'none'" in json.dumps([alarm.inputs.get("metricQueries") for alarm in deployed.of(ALARM)])
