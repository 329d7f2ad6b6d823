"""The triggers by which KEDA asks AWS, with the identity of its operator's pods."""

from collections.abc import Mapping

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.context import Context

LABELS = "app.kubernetes.io/name=keda-operator"
_CLOUDWATCH = "aws-cloudwatch"
TRIGGERS: Mapping[str, str] = {_CLOUDWATCH: "cloudwatch:GetMetricData"}
"""The action that each type of trigger needs."""
_AUTHENTICATION = ("keda.sh/v1alpha1", "ClusterTriggerAuthentication")


class Unavailable(Exception):
    """The metric has no value; the message says why."""


def target(context: Context, trigger: Object) -> str:
    """Return how much of the metric there is to be per pod.

    Raises:
        ValueError: The trigger is not right, or the emulator does not have what it asks for.
    """
    given, reference = trigger["metadata"], trigger.get("authenticationRef") or {}
    if reference.get("kind") != _AUTHENTICATION[1]:
        raise ValueError(f"awsAccessKeyID not found (the emulator has authenticationRef of kind {_AUTHENTICATION[1]})")
    found = context.api.get(*_AUTHENTICATION, "", reference["name"], certain=True)
    if found is None:
        raise ValueError(f"{_AUTHENTICATION[1]}.keda.sh {reference['name']!r} not found")
    if found["spec"].get("podIdentity") != {"provider": "aws"}:
        raise ValueError("the emulator has podIdentity with the provider aws only")
    if trigger.get("metricType") != "AverageValue":
        raise ValueError("the emulator has the metricType AverageValue only")
    try:
        _dimensions(given)
        needed = [given[key] for key in ("awsRegion", "namespace", "metricName", "minMetricValue")]
        if not all(needed) or int(given["metricCollectionTime"]) % int(given["metricStatPeriod"]):
            raise ValueError("metricCollectionTime must be greater than 0 and a multiple of metricStatPeriod")
        return f"{float(given['targetMetricValue']):g}"
    except KeyError as error:
        raise ValueError(f"error parsing cloudwatch metadata: missing required parameter {error}") from error


def metric_name(trigger: Object) -> str:
    """Return the name of the trigger's metric, before which KEDA puts its index."""
    return str(trigger["type"])


def value(context: Context, trigger: Object) -> float:
    """Return the value of the metric; without data, the least that the trigger names.

    Raises:
        Unavailable: Nobody asks AWS, or AWS refuses to answer.
    """
    operator = context.running(LABELS)
    if operator is None:
        raise Unavailable("error when getting metric values: no pod of keda-operator is ready")
    if denied := context.denied(operator, [TRIGGERS[trigger["type"]]]):
        raise Unavailable(f"operation error CloudWatch: GetMetricData, {denied}")
    given = trigger["metadata"]
    found = context.aws.metric(given["namespace"], given["metricName"], _dimensions(given))
    return float(given["minMetricValue"]) if found is None else found


def _dimensions(given: Mapping[str, str]) -> dict[str, str]:
    names, values = (given[key].split(";") for key in ("dimensionName", "dimensionValue"))
    if len(names) != len(values):
        raise ValueError("dimensionName and dimensionValue are not matching in size")
    return dict(zip(names, values, strict=True))
