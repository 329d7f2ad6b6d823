"""A run of a cron job that fails reaches the people on call, and no other Job does."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from components.alarms import runs
from tests.components.alarms.alarm_account import deployed_to
from tests.components.alarms.test_alarms import ALARM, ON_CALL, check_reaches_the_receiver, kind
from tests.components.kinds import with_kinds
from tests.components.program import run_program


def test_a_run_of_a_cron_job_that_fails_reaches_the_receiver(tmp_path: Path) -> None:
    settings = with_kinds()
    settings["openmarket:alarms"] |= {"emails": [ON_CALL]}
    deployed = run_program("dev", settings)
    (alarm,) = [each for each in deployed.of(ALARM) if kind(each) == "run-failed"]
    assert alarm.inputs["name"] == "openmarket-dev-run-failed-nightly"
    check_reaches_the_receiver(alarm, "dev", deployed_to(tmp_path, deployed, "dev"))
    count = deployed.one("logMetricFilter:LogMetricFilter", "alarms-failed-runs-nightly")
    (group,) = [
        each for each in deployed.of("logGroup:LogGroup") if each.inputs["name"] == count.inputs["logGroupName"]
    ]
    assert group.name in deployed.waits_for(count.name)
    transformation = count.inputs["metricTransformation"]
    assert (transformation["namespace"], transformation["name"]) == (
        alarm.inputs["namespace"],
        alarm.inputs["metricName"],
    )
    assert len(count.inputs["pattern"]) <= 1024, "CloudWatch takes no longer ones"
    assert "audit" in deployed.one("eks:index:Cluster").inputs["enabledClusterLogTypes"]


@pytest.mark.parametrize(
    ("job", "owner", "conditions", "counts"),
    [
        ("nightly-29384756", "nightly", ["FailureTarget", "Failed"], True),
        ("nightly-29384756", "nightly", ["Failed"], True),
        ("nightly-29384756", "nightly", ["FailureTarget"], False),
        ("nightly-29384756", "nightly", ["SuccessCriteriaMet", "Complete"], False),
        ("nightly-run-1a2b3c4d", "nightly", ["FailureTarget", "Failed"], False),
        ("nightly-two-29384756", "nightly-two", ["Failed"], False),
    ],
)
def test_a_failed_run_by_the_schedule_counts_and_nothing_else(
    job: str, owner: str, conditions: list[str], counts: bool
) -> None:
    event = {
        "verb": "update",
        "objectRef": {"resource": "jobs", "subresource": "status", "namespace": "openmarket-dev", "name": job},
        "responseObject": {
            "metadata": {"ownerReferences": [{"kind": "CronJob", "name": owner}]},
            "status": {"conditions": [{"type": each, "status": "True"} for each in conditions]},
        },
    }
    assert matches(runs.pattern("openmarket-dev", "nightly"), event) == counts
    assert not matches(runs.pattern("openmarket-prod", "nightly"), event)
    assert not matches(runs.pattern("openmarket-dev", "nightly"), event | {"objectRef": {"resource": "pods"}})


def matches(pattern: str, event: Mapping[str, Any]) -> bool:
    """Whether CloudWatch finds the event by a pattern for JSON, as its guide describes: what is absent never does."""

    def compared(found: re.Match[str]) -> str:
        path, sign, wanted = found.groups()
        value: Any = event
        for part in re.findall(r"\w+", path):
            try:
                value = value[int(part)] if part.isdigit() else value[part]
            except (KeyError, IndexError):
                return "0"
        return str(int(fnmatchcase(str(value), wanted) == (sign == "=")))

    text = re.sub(r'\$\.([\w.\[\]]+) (!?=) "([^"]*)"', compared, pattern.strip("{} "))
    while "(" in text:
        text = re.sub(r"\(([^()]*)\)", lambda found: _value(found[1]), text)
    return _value(text) == "1"


def _value(text: str) -> str:
    """The value of comparisons that are joined by one operator."""
    parts = [part.strip() for part in re.split(r"&&|\|\|", text)]
    assert set(parts) <= {"0", "1"}, text
    assert not ("&&" in text and "||" in text), text
    return "1" if (any if "||" in text else all)(part == "1" for part in parts) else "0"
