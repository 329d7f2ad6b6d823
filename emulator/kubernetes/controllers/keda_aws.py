"""The triggers by which KEDA asks AWS, with the identity of its operator's pods."""

from collections.abc import Mapping

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.context import Context
from emulator.plugins.provider import ProviderError

LABELS = "app.kubernetes.io/name=keda-operator"
_CLOUDWATCH, _QUEUE = "aws-cloudwatch", "aws-sqs-queue"
TRIGGERS: Mapping[str, str] = {_CLOUDWATCH: "cloudwatch:GetMetricData", _QUEUE: "sqs:GetQueueAttributes"}
"""The action that each type of trigger needs."""
AUTHENTICATION = ("keda.sh/v1alpha1", "ClusterTriggerAuthentication")


class Unavailable(Exception):
    """The metric has no value; the message says why."""


def target(context: Context, trigger: Object) -> str:
    """Return how much of the metric there is to be per pod.

    Raises:
        ValueError: The trigger is not right, or the emulator does not have what it asks for.
    """
    given, reference = trigger["metadata"], trigger.get("authenticationRef") or {}
    if reference.get("kind") != AUTHENTICATION[1]:
        raise ValueError(f"awsAccessKeyID not found (the emulator has authenticationRef of kind {AUTHENTICATION[1]})")
    found = context.api.get(*AUTHENTICATION, "", reference["name"], certain=True)
    if found is None:
        raise ValueError(f"{AUTHENTICATION[1]}.keda.sh {reference['name']!r} not found")
    if found["spec"].get("podIdentity") != {"provider": "aws"}:
        raise ValueError("the emulator has podIdentity with the provider aws only")
    if trigger.get("metricType") != "AverageValue":
        raise ValueError("the emulator has the metricType AverageValue only")
    try:
        return _queue_target(given) if trigger["type"] == _QUEUE else _metric_target(given)
    except KeyError as error:
        raise ValueError(f"error parsing {trigger['type']} metadata: missing required parameter {error}") from error


def metric_name(trigger: Object) -> str:
    """Return the name of the trigger's metric, before which KEDA puts its index."""
    if trigger["type"] == _QUEUE:
        return f"aws-sqs-{_queue_name(trigger['metadata']['queueURL'])}".replace(".", "-")
    return _CLOUDWATCH


def value(context: Context, trigger: Object) -> float:
    """Return the value of the metric; without data, the least that the trigger names.

    Raises:
        Unavailable: Nobody asks AWS, or AWS refuses to answer.
    """
    operator = context.running(LABELS)
    if operator is None:
        raise Unavailable("error when getting metric values: no pod of keda-operator is ready")
    given, action = trigger["metadata"], TRIGGERS[trigger["type"]]
    service, _, operation = action.partition(":")
    resource = _queue_arn(given) if trigger["type"] == _QUEUE else "*"
    if denied := context.denied(operator, [action], resource):
        raise Unavailable(f"operation error {service}: {operation}, {denied}")
    if trigger["type"] == _QUEUE:
        return _queue_length(context, given)
    found = context.aws.metric(given["namespace"], given["metricName"], _dimensions(given))
    return float(given["minMetricValue"]) if found is None else found


def _metric_target(given: Mapping[str, str]) -> str:
    _dimensions(given)
    needed = [given[key] for key in ("awsRegion", "namespace", "metricName", "minMetricValue")]
    if not all(needed) or int(given["metricCollectionTime"]) % int(given["metricStatPeriod"]):
        raise ValueError("metricCollectionTime must be greater than 0 and a multiple of metricStatPeriod")
    if given["metricStat"] != "Sum":
        raise ValueError("the emulator has the metricStat Sum only")
    return f"{float(given['targetMetricValue']):g}"


def _queue_target(given: Mapping[str, str]) -> str:
    _queue_name(given["queueURL"])
    if not given["awsRegion"]:
        raise ValueError("no awsRegion given")
    return str(int(given["queueLength"]))


def _queue_length(context: Context, given: Mapping[str, str]) -> float:
    try:
        waiting, taken = context.aws.queue_lengths(given["queueURL"])
    except ProviderError as error:
        raise Unavailable(f"operation error SQS: GetQueueAttributes, api error {error}") from error
    return waiting + (taken if given.get("scaleOnInFlight", "true") == "true" else 0)


def _queue_name(url: str) -> str:
    """Return the name of the queue with an address such as `https://sqs.<region>.amazonaws.com/<account>/<name>`."""
    _, _, path = url.partition("://")
    parts = path.split("/")
    if len(parts) != 3 or not parts[2]:
        raise ValueError("cannot get queueName from queueURL")
    return parts[2]


def _queue_arn(given: Mapping[str, str]) -> str:
    return f"arn:aws:sqs:{given['awsRegion']}:{given['queueURL'].split('/')[3]}:{_queue_name(given['queueURL'])}"


def _dimensions(given: Mapping[str, str]) -> dict[str, str]:
    names, values = (given[key].split(";") for key in ("dimensionName", "dimensionValue"))
    if len(names) != len(values):
        raise ValueError("dimensionName and dimensionValue are not matching in size")
    return dict(zip(names, values, strict=True))
