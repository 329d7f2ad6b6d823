"""Plays CloudWatch: what is put as a metric changes the alarms that watch it, and these tell their topics.

Time is left out: a value stands for all of the periods that an alarm looks at.
"""

import json
import operator
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from emulator.aws import invocations, messages, target_groups
from emulator.aws.metric_math import Select, Value, evaluate
from emulator.aws.ownership import owner_key
from emulator.aws.tokens import ALARM
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject, Transaction

STATE = "aws:cloudwatch/alarmState:AlarmState"
OK, ALARMED, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
_BREAKS = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_WITHOUT_DATA = {"notBreaching": OK, "breaching": ALARMED, "missing": INSUFFICIENT}
_ACTIONS = {OK: "okActions", ALARMED: "alarmActions", INSUFFICIENT: "insufficientDataActions"}
_SERVICE = "cloudwatch.amazonaws.com"

Dimensions = Mapping[str, str]


@dataclass(frozen=True)
class Watch:
    """A metric that an alarm watches. `id` is its name in the alarm's expression; empty if it has none."""

    id: str
    namespace: str
    name: str
    dimensions: Dimensions
    others: tuple[str, ...] = ()
    """Names of dimensions that may have any value."""

    def sees(self, given: Dimensions) -> bool:
        """Return whether metrics with these values of some dimensions are among those that the alarm watches."""
        return all(self.dimensions.get(key, key in self.others and value) == value for key, value in given.items())

    def key(self, dimensions: Dimensions) -> str:
        """The metric with these dimensions, as a text."""
        return json.dumps([self.namespace, self.name, dict(sorted(dimensions.items()))])


@dataclass(frozen=True)
class Change:
    """A change of an alarm's state, and what came of its actions."""

    alarm: str
    before: str
    now: str
    reason: str
    failures: tuple[str, ...]
    """Why topics did not take the message."""


def put(
    store: Store, namespace: str, name: str, value: float, dimensions: Dimensions | None = None, stack: str = ""
) -> list[Change]:
    """Give a metric a value, and return the alarms whose state that changes.

    Args:
        dimensions: Values of some of the metric's dimensions; None for all metrics of the name that alarms watch.
        stack: The stack whose alarms see it; empty for all.

    Raises:
        LookupError: No such alarm watches the metric, and it is none of a target group.
    """
    with store.transaction() as account:
        changes = list[Change]()
        seen = namespace == target_groups.NAMESPACE and target_groups.put(account, name, value, dimensions or {})
        for alarm in _alarms(account, stack):
            for watch in watched(alarm):
                if (watch.namespace, watch.name) != (namespace, name):
                    continue
                if watch.sees(dimensions or {}):
                    seen = True
                    changes += _record(account, alarm, watch.key({**(dimensions or {}), **watch.dimensions}), value)
        if not seen:
            known = sorted(
                {f"{each.namespace}/{each.name}" for alarm in _alarms(account, stack) for each in watched(alarm)}
            )
            having = f" with {', '.join(f'{key}={each}' for key, each in dimensions.items())}" if dimensions else ""
            raise LookupError(
                f"no alarm watches {namespace}/{name}{having}; they watch {', '.join(known) or 'nothing'}"
            )
    run_functions(store)
    return changes


def run_functions(store: Store) -> None:
    """Run the functions that messages have called, and tell CloudWatch of which an event was lost."""
    for outcome in list(invocations.run(store)):
        with suppress(LookupError):  # no alarm watches it
            put(
                store,
                "AWS/Lambda",
                "AsyncEventsDropped",
                float(bool(outcome.error)),
                {"FunctionName": outcome.function},
            )


def state(account: Store | Transaction, alarm: str) -> str:
    """Return the state of the alarm of this name."""
    found = account.get(STATE, alarm)
    return str(found.outputs["state"]) if found else INSUFFICIENT


def watched(alarm: StoredObject) -> Iterator[Watch]:
    """Yield the metrics that an alarm watches."""
    queries: list[dict[str, Any]] = alarm.outputs.get("metricQueries") or []
    if not queries:
        outputs = alarm.outputs
        yield Watch("", outputs["namespace"], outputs["metricName"], outputs.get("dimensions") or {})
    for query in queries:
        if metric := query.get("metric"):
            yield Watch(query["id"], metric["namespace"], metric["metricName"], metric.get("dimensions") or {})
        elif query["expression"].startswith("SELECT"):
            select = Select(query["expression"])
            yield Watch(query["id"], select.namespace, select.name, select.where, select.schema)


def _alarms(account: Transaction, stack: str) -> list[StoredObject]:
    return [each for each in account.find(ALARM) if not stack or each.urn.startswith(f"urn:pulumi:{stack}::")]


def _record(account: Transaction, alarm: StoredObject, key: str, value: float) -> Iterator[Change]:
    """Keep the value, and yield the change of state that it makes."""
    before = account.get(STATE, alarm.id)
    values: dict[str, float] = {**(before.outputs["values"] if before else {}), key: value}
    old = str(before.outputs["state"]) if before else INSUFFICIENT
    found = _result(alarm, values)
    now = _state(alarm, found, old)
    kept = {"state": now, "values": values, "ownedBy": owner_key(alarm)}
    account.put(StoredObject(STATE, alarm.id, outputs=kept))
    if now != old:
        reason = _reason(alarm, found, now)
        yield Change(alarm.id, old, now, reason, tuple(_act(account, alarm, old, now, reason)))


def _result(alarm: StoredObject, values: Mapping[str, float]) -> float | None:
    """Return the number that the alarm compares with its threshold; None without data."""
    by_id: dict[str, Value] = {
        each.id: values[key] for each in watched(alarm) if (key := each.key(each.dimensions)) in values
    }
    queries: list[dict[str, Any]] = alarm.outputs.get("metricQueries") or []
    for query in queries:
        if query.get("expression", "").startswith("SELECT"):
            found = Select(query["expression"]).of([(json.loads(key)[2], value) for key, value in values.items()])
            by_id |= {query["id"]: found} if found is not None else {}
    for query in queries:
        if query.get("returnData") and "expression" in query:
            selected = query["expression"].startswith("SELECT")
            return evaluate(query["id"] if selected else query["expression"], by_id)
    return cast("float | None", next(iter(by_id.values()), None)) if by_id else next(iter(values.values()), None)


def _state(alarm: StoredObject, found: float | None, old: str) -> str:
    if found is None:
        return _WITHOUT_DATA.get(str(alarm.outputs.get("treatMissingData")), old)
    breaks = _BREAKS[alarm.outputs["comparisonOperator"]]
    return ALARMED if breaks(found, float(alarm.outputs["threshold"])) else OK


def _reason(alarm: StoredObject, found: float | None, now: str) -> str:
    if found is None:
        return "Threshold Crossed: no datapoints were received"
    was, threshold = "was" if now == ALARMED else "was not", float(alarm.outputs["threshold"])
    comparison = str(alarm.outputs["comparisonOperator"]).removesuffix("Threshold")
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in comparison).strip()
    return f"Threshold Crossed: the datapoint {found:g} {was} {words} the threshold ({threshold:g})."


def _act(account: Transaction, alarm: StoredObject, old: str, now: str, reason: str) -> Iterator[str]:
    """Tell the topics of the new state, and yield why one of them did not take it."""
    outputs = alarm.outputs
    _, _, _, region, number, *_ = str(outputs["arn"]).split(":")
    text = {
        "AlarmName": alarm.id, "AlarmDescription": outputs.get("alarmDescription"), "AWSAccountId": number,
        "NewStateValue": now, "OldStateValue": old, "NewStateReason": reason, "Region": region,
        "StateChangeTime": time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime()), "AlarmArn": outputs["arn"],
        "AlarmActions": outputs.get("alarmActions") or [], "OKActions": outputs.get("okActions") or [],
    }  # fmt: skip
    for topic in outputs.get(_ACTIONS[now]) or () if outputs.get("actionsEnabled", True) else ():
        publisher = messages.Publisher(_SERVICE, outputs["arn"])
        try:
            messages.publish(account, topic, publisher, f'{now}: "{alarm.id}" in {region}', json.dumps(text))
        except ProviderError as error:
            yield f"Failed to execute action {topic}. Received error: {error}"
