"""CloudWatch's metrics: alarms, dashboards, and what is counted in logs."""

import json
from typing import Any

from emulator.aws.resource_type import Reference, ResourceType, named
from emulator.aws.tokens import ALARM, LOG_GROUP
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"


def _alarm_requires(_transaction: Transaction, stored: StoredObject) -> None:
    inputs = stored.inputs
    queries: list[dict[str, Any]] = inputs.get("metricQueries") or []
    if bool(queries) == bool(inputs.get("metricName")):
        raise ProviderError(f"ValidationError: alarm {stored.id} needs either metricName or metricQueries")
    if queries and len([each for each in queries if each.get("returnData")]) != 1:
        raise ProviderError(f"ValidationError: exactly one query of alarm {stored.id} must have returnData")
    if any("SEARCH(" in (each.get("expression") or "") for each in queries):
        raise ProviderError("ValidationError: SEARCH is not supported on Metric Alarms")


def _dashboard_requires(_transaction: Transaction, stored: StoredObject) -> None:
    try:
        widgets = json.loads(stored.inputs["dashboardBody"])["widgets"]
    except (ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"InvalidParameterInput: The dashboard body is invalid: {error}") from None
    for widget in widgets:
        if widget["x"] + widget["width"] > 24:
            raise ProviderError("InvalidParameterInput: a widget ends beyond the 24 columns of a dashboard")


TYPES = (
    ResourceType(
        type=ALARM, oracle="AWS::CloudWatch::Alarm", id=named(), name_property="name", puts=True,
        requires=_alarm_requires,
        names={
            "AlarmName": "name", "Metrics": "metricQueries", "ActionConfiguration": "",
            "EvaluateLowSampleCountPercentile": "evaluateLowSampleCountPercentiles",
        },
        defaults={"actionsEnabled": True, "treatMissingData": "missing", "evaluateLowSampleCountPercentiles": ""},
        outputs=lambda context: {"arn": context.arn("cloudwatch", f"alarm:{context.id}")},
    ),
    ResourceType(
        type="aws:cloudwatch/dashboard:Dashboard", oracle="AWS::CloudWatch::Dashboard", id=named("dashboardName"),
        taggable=False, requires=_dashboard_requires, puts=True,
        outputs=lambda context: {"dashboardArn": context.global_arn("cloudwatch", f"dashboard/{context.id}")},
    ),
    ResourceType(
        type=METRIC_FILTER, oracle="AWS::Logs::MetricFilter", id=named(),
        imported_by=lambda stored: f"{stored.outputs['logGroupName']}:{stored.outputs['name']}",
        name_property="name", taggable=False, puts=True,
        names={
            "FilterName": "name", "FilterPattern": "pattern", "MetricTransformations": "metricTransformation",
        },
        defaults={"applyOnTransformedLogs": False},
        references=(Reference("logGroupName", LOG_GROUP, holds=False),),
    ),
)  # fmt: skip
