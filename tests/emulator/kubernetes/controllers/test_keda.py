"""What KEDA's stand-in makes of a ScaledObject, and the values that it measures."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import cron_times, external_metrics, keda
from emulator.kubernetes.controllers.context import Context

SEOUL = ZoneInfo("Asia/Seoul")
EVERY_DAY = {"timezone": "Asia/Seoul", "start": "0 9 * * *", "end": "0 18 * * *", "desiredReplicas": "5"}


REQUESTS: Object = {
    "type": "aws-cloudwatch",
    "metricType": "AverageValue",
    "authenticationRef": {"name": "aws", "kind": "ClusterTriggerAuthentication"},
    "metadata": {
        "awsRegion": "ap-northeast-2", "namespace": "AWS/ApplicationELB", "metricName": "RequestCount",
        "dimensionName": "LoadBalancer;TargetGroup", "dimensionValue": "app/k8s/1;targetgroup/k8s/2",
        "metricStat": "Sum", "metricStatPeriod": "60", "metricCollectionTime": "300", "targetMetricValue": "600",
        "minMetricValue": "0",
    },
}  # fmt: skip
"""A trigger that asks CloudWatch."""
IDENTITY: Object = {"spec": {"podIdentity": {"provider": "aws"}}}


def scaled(*triggers: Object) -> Object:
    spec = {"scaleTargetRef": {"name": "web"}, "minReplicaCount": 2, "maxReplicaCount": 9, "triggers": list(triggers)}
    metadata = {"name": "web", "namespace": "shop", "uid": "u", "labels": {"app.kubernetes.io/name": "web"}}
    return {"apiVersion": keda.API_VERSION, "kind": "ScaledObject", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 9 * * *", (2026, 11, 26, 9, 0)),
        ("30 8 * * *", (2026, 11, 27, 8, 30)),
        ("*/20 8 * * *", (2026, 11, 26, 8, 40)),
        ("0 9 25 11 *", (2027, 11, 25, 9, 0)),
        ("0 0 29 feb *", (2028, 2, 29, 0, 0)),
        ("0 9 * * mon-fri", (2026, 11, 26, 9, 0)),
        ("0 9 * * 0", (2026, 11, 29, 9, 0)),
        ("0 9 1 * 5", (2026, 11, 27, 9, 0)),
    ],
)
def test_the_next_time_of_a_schedule(expression: str, expected: tuple[int, int, int, int, int]) -> None:
    # A Thursday.
    now = datetime(2026, 11, 26, 8, 30, tzinfo=SEOUL)
    assert cron_times.following(expression, now) == datetime(*expected, tzinfo=SEOUL)


@pytest.mark.parametrize("expression", ["0 9 * *", "60 9 * * *", "0 9 * * 7", "x 9 * * *", "*/0 9 * * *"])
def test_what_is_no_schedule(expression: str) -> None:
    with pytest.raises(ValueError, match=r"fields|range|int\(\)"):
        cron_times.following(expression, datetime(2026, 11, 26, tzinfo=SEOUL))


@pytest.mark.parametrize(("hour", "within"), [(8, False), (9, True), (17, True), (18, False)])
def test_the_time_between_start_and_end(hour: int, within: bool) -> None:
    now = datetime(2026, 11, 26, hour, 0, 1, tzinfo=SEOUL)
    assert cron_times.within("0 9 * * *", "0 18 * * *", "Asia/Seoul", now) is within
    assert cron_times.within("0 18 * * *", "0 9 * * *", "Asia/Seoul", now) is not within


def test_the_autoscaler_asks_for_every_trigger() -> None:
    triggers = [{"type": "cpu", "metadata": {"value": "70"}}, {"type": "cron", "metadata": EVERY_DAY}]
    found = scaled(*triggers)
    hpa = keda.autoscaler(found, [metric(each, index) for index, each in enumerate(triggers)])
    assert hpa["metadata"]["name"] == "keda-hpa-web"
    assert hpa["metadata"]["labels"]["app.kubernetes.io/name"] == "web"
    assert (hpa["spec"]["minReplicas"], hpa["spec"]["maxReplicas"]) == (2, 9)
    external, resource = hpa["spec"]["metrics"]
    assert resource["resource"]["target"] == {"type": "Utilization", "averageUtilization": 70}
    assert external["external"]["metric"]["name"] == "s1-cron-Asia-Seoul-09xxx-018xxx"
    assert external["external"]["target"] == {"type": "AverageValue", "averageValue": "1"}


@pytest.mark.parametrize("trigger", [{"type": "kafka", "metadata": {}}, {"type": "cron", "metadata": {"start": "x"}}])
def test_a_trigger_that_is_not_right_is_an_error(trigger: Object) -> None:
    with pytest.raises(ValueError, match=r"no scaler found for type: kafka|error parsing cron metadata"):
        metric(trigger)


def metric(trigger: Object, index: int = 0, authentication: Object | None = None) -> Object:
    api = SimpleNamespace(get=lambda *_, **__: authentication)
    return external_metrics.metric(cast(Context, SimpleNamespace(api=api)), index, trigger, "web")


def served(path: str, *triggers: Object) -> tuple[int, Any]:
    api = SimpleNamespace(get=lambda *_, **__: scaled(*triggers))
    return external_metrics.answer(
        cast(Context, SimpleNamespace(api=api)), f"/apis/{external_metrics.API_VERSION}{path}"
    )


@pytest.mark.parametrize(
    ("changed", "authentication", "problem"),
    [
        ({"authenticationRef": {}}, IDENTITY, "awsAccessKeyID not found"),
        ({}, None, "ClusterTriggerAuthentication.keda.sh 'aws' not found"),
        ({}, {"spec": {}}, "podIdentity"),
        ({"metricType": "Value"}, IDENTITY, "AverageValue only"),
        ({"metadata": REQUESTS["metadata"] | {"dimensionValue": "app/k8s/1"}}, IDENTITY, "not matching in size"),
        ({"metadata": REQUESTS["metadata"] | {"metricCollectionTime": "90"}}, IDENTITY, "a multiple of"),
        (
            {"metadata": {"dimensionName": "a", "dimensionValue": "b"}},
            IDENTITY,
            "missing required parameter 'awsRegion'",
        ),
    ],
)
def test_a_question_to_cloudwatch_that_is_not_right(
    changed: Object, authentication: Object | None, problem: str
) -> None:
    found = metric(REQUESTS, 2, IDENTITY)["external"]
    assert (found["metric"]["name"], found["target"]["averageValue"]) == ("s2-aws-cloudwatch", "600")
    with pytest.raises(ValueError, match=problem):
        metric(REQUESTS | changed, 2, authentication)


class Answering:
    """A cluster with KEDA's operator, or without, in an account where a metric has a value, or none."""

    def __init__(self, value: float | None = None, denied: str = "", running: bool = True) -> None:
        self.running = lambda _: running or None
        self.denied = lambda _, actions, _resource: denied and f"{denied} {actions[0]}"
        self.aws = SimpleNamespace(metric=lambda _, name, dimensions: value if len(dimensions) == 2 else None)
        self.events: list[str] = []

    def event(self, _about: Object, _type: str, reason: str, message: str, **_: str) -> None:
        self.events.append(f"{reason}: {message}")


def test_a_metric_without_a_value_is_the_least_and_one_that_may_not_be_read_is_none() -> None:
    assert external_metrics.value(cast(Context, Answering(2400.0)), REQUESTS) == "2400"
    assert external_metrics.value(cast(Context, Answering(None)), REQUESTS) == "0"
    for wrong, problem in {
        Answering(denied="not authorized to perform:"): "perform: cloudwatch:GetMetricData",
        Answering(running=False): "no pod of keda-operator",
    }.items():
        with pytest.raises(external_metrics.Unavailable, match=problem):
            external_metrics.value(cast(Context, wrong), REQUESTS)


def test_what_a_scaled_object_is_after_its_triggers_were_asked() -> None:
    open_ = {"type": "cron", "metadata": EVERY_DAY | {"start": "0 0 1 1 *", "end": "* * * * *"}}
    cpu = {"type": "cpu", "metadata": {"value": "70"}}
    refused = Answering(denied="not authorized to perform:")
    assert keda.asked(cast(Context, Answering(0.0)), scaled(cpu, REQUESTS)) == keda.READY
    assert keda.asked(cast(Context, refused), scaled(cpu, REQUESTS)) == keda.FAILED
    assert keda.asked(cast(Context, refused), scaled(open_, REQUESTS)) == keda.PARTLY_FAILED
    assert [each.partition(":")[0] for each in refused.events] == ["KEDAScalerFailed"] * 2


def test_the_metric_of_a_schedule_has_its_replicas_while_it_is_open() -> None:
    always = EVERY_DAY | {"start": "0 0 1 1 *", "end": "* * * * *"}
    name = metric({"type": "cron", "metadata": always})["external"]["metric"]["name"]
    # As the controller manager asks.
    path = f"/namespaces/shop/{name.lower()}?labelSelector=scaledobject.keda.sh%2Fname%3Dweb"
    status, listed = served(path, {"type": "cron", "metadata": always})
    assert (status, listed["items"][0]["value"]) == (200, "5")
    status, failure = served(path.replace(name.lower(), "s1-other"), {"type": "cron", "metadata": always})
    assert (status, failure["kind"]) == (500, "Status")
    assert served("")[1]["resources"][0]["name"] == "externalmetrics"
    assert served("/nothing")[0] == 404
