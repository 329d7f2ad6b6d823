"""Stands in for KEDA's metrics server: serves the metrics of ScaledObjects' triggers while one of its pods is ready.

Those of schedules follow the clock, others are asked of AWS with the role of KEDA's operator.
"""

import urllib.parse
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import cron_times, keda_aws
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.keda_aws import Unavailable

API_VERSION = "external.metrics.k8s.io/v1beta1"
SCALED_OBJECT = "keda.sh/v1alpha1"
LABELS = "app.kubernetes.io/name=keda-operator-metrics-apiserver"
RESOURCES = ("cpu", "memory")
"""Types of triggers that the autoscaler asks metrics-server for."""
_OWNER = "scaledobject.keda.sh/name"
_LETTERS = str.maketrans({" ": "", "*": "x", "/": "Sl", "?": "Qm", ",": "Cm"})


def metric(context: Context, index: int, trigger: Object, name: str) -> Object:
    """Return what an autoscaler asks for by a trigger, the one at this index of the ScaledObject of this name.

    Raises:
        ValueError: The trigger is not right, or of a type that the emulator does not have.
    """
    given: Mapping[str, str] = trigger["metadata"]
    match trigger["type"]:
        case "cpu" | "memory":
            target = {"type": "Utilization", "averageUtilization": int(given["value"])}
            return {"type": "Resource", "resource": {"name": trigger["type"], "target": target}}
        case "cron":
            _opened(given)
            target = "1"
        case kind if kind in keda_aws.TRIGGERS:
            target = keda_aws.target(context, trigger)
        case other:
            known = ", ".join(("cpu", "memory", "cron", *keda_aws.TRIGGERS))
            raise ValueError(f"no scaler found for type: {other} (the emulator has {known})")
    identifier = {"name": _metric_name(index, trigger), "selector": {"matchLabels": {_OWNER: name}}}
    return {
        "type": "External",
        "external": {"metric": identifier, "target": {"type": "AverageValue", "averageValue": target}},
    }


def _metric_name(index: int, trigger: Object) -> str:
    given: Mapping[str, str] = trigger["metadata"]
    if trigger["type"] in keda_aws.TRIGGERS:
        return f"s{index}-{keda_aws.metric_name(trigger)}"
    start, end = (given[key].translate(_LETTERS) for key in ("start", "end"))
    return f"s{index}-cron-{given['timezone']}-{start}-{end}".replace("/", "-")


def answer(context: Context, target: str) -> tuple[int, Object]:
    """Return the HTTP status and body for a GET of `target`, a path with its query."""
    path, _, query = target.partition("?")
    labels = urllib.parse.parse_qs(query).get("labelSelector", [""])[0]
    match path.removeprefix(f"/apis/{API_VERSION}").strip("/").split("/"):
        case [""] if path.startswith(f"/apis/{API_VERSION}"):
            kind = {
                "name": "externalmetrics",
                "singularName": "",
                "namespaced": True,
                "kind": "ExternalMetricValueList",
            }
            common = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": API_VERSION}
            return HTTPStatus.OK, {**common, "resources": [{**kind, "verbs": ["get"]}]}
        case ["namespaces", namespace, name]:
            try:
                return HTTPStatus.OK, _values(context, namespace, name, dict([labels.split("=", 1)]).get(_OWNER, ""))
            except Unavailable as error:
                return HTTPStatus.INTERNAL_SERVER_ERROR, _failure(str(error), 500)
        case _:
            return HTTPStatus.NOT_FOUND, _failure(f"KEDA does not serve {path}", 404)


def _values(context: Context, namespace: str, name: str, owner: str) -> Object:
    scaled = context.api.get(SCALED_OBJECT, "ScaledObject", namespace, owner, certain=True)
    for index, trigger in enumerate(scaled["spec"]["triggers"] if scaled else ()):
        if trigger["type"] not in RESOURCES and _metric_name(index, trigger).lower() == name.lower():
            # The controller manager asks in lower case.
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            item = {"metricName": name, "metricLabels": None, "timestamp": now, "value": value(context, trigger)}
            return {"kind": "ExternalMetricValueList", "apiVersion": API_VERSION, "metadata": {}, "items": [item]}
    raise Unavailable(f"no metric {name} of a ScaledObject {owner!r} in {namespace}")


def value(context: Context, trigger: Object) -> str:
    """Return the value of a trigger's metric.

    Raises:
        Unavailable: It has none; the message says why.
    """
    given: Mapping[str, str] = trigger["metadata"]
    if trigger["type"] in keda_aws.TRIGGERS:
        return f"{keda_aws.value(context, trigger):g}"
    return given["desiredReplicas"] if _opened(given) else "0"


def _opened(given: Mapping[str, str]) -> bool:
    try:
        return cron_times.within(given["start"], given["end"], given["timezone"], datetime.now(UTC))
    except KeyError as error:
        raise ValueError(f"error parsing cron metadata: {error}") from error


def _failure(message: str, code: int) -> Object:
    common = {"apiVersion": "v1", "kind": "Status", "status": "Failure"}
    return {**common, "message": message, "reason": "InternalError" if code == 500 else "NotFound", "code": code}
