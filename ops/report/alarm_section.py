"""Says which alarms there are, what each means for the shop, and who is told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from analysis import stack_file
from ops.report.document import Cell, Link, Section, Table
from ops.report.facts import Facts

_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
_SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
_SIGNS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": ">=",
    "LessThanThreshold": "<",
}
"""The comparisons of the program's alarms (`components/alarms/definition.py`)."""


_BY = {"email": "e-mail", "lambda": "chat"}
"""How the program's subscriptions tell people, by their protocols."""


def alarm_section(facts: Facts) -> Section:
    """Return the alarms with their meaning and their section of the runbook, and how many receivers they have."""
    prefix = stack_file.prefix(facts.stack)
    alarms = sorted((_alarm(each.inputs, prefix) for each in facts.of_type(_ALARM)), key=lambda row: str(row[0]))
    columns = ("Alarm", "Goes to", "Goes off at", "Meaning", "What to do")
    told = Counter(
        (_topic(each.inputs.get("topic"), prefix), _BY.get(str(each.inputs.get("protocol")), ""))
        for each in facts.of_type(_SUBSCRIPTION)
    )
    receivers = [(topic, protocol, str(count)) for (topic, protocol), count in sorted(told.items())]
    nobody = "The stack subscribes nobody; receivers may have been added to the topics outside of it."
    return Section(
        "alarms", "Which alarms there are",
        (
            Table("Alarms", columns, alarms, "No alarm."),
            # An address may be a person's, and a webhook's is a secret: only how many there are is told.
            Table("Who is told", ("Topic", "By", ">Receivers"), receivers, nobody),
        ),
    )  # fmt: skip


def _alarm(inputs: Mapping[str, Any], prefix: str) -> Sequence[Cell | Sequence[Cell]]:
    # The program writes what it means, and where the runbook says what to do, behind each other.
    meaning, _, place = str(inputs.get("alarmDescription", "")).rpartition(" ")
    topics = [_topic(each, prefix) for each in cast(Sequence[Any], inputs.get("alarmActions") or ())]
    sign = _SIGNS.get(str(inputs.get("comparisonOperator")), "")
    times = int(inputs.get("evaluationPeriods", 1))
    limit = f"{sign} {inputs.get('threshold', 0):,.15g}{f', {times} times in a row' if times > 1 else ''}"
    return str(inputs.get("name", "")).removeprefix(f"{prefix}-"), topics, limit, meaning, Link(place, place)


def _topic(arn: Any, prefix: str) -> str:
    return str(arn).rpartition(":")[2].removeprefix(f"{prefix}-")
