"""The alarms of a stack, as CloudWatch has them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms.cluster import SYNC_FAILURE_PATTERN, SYNC_FAILURES, Pods
from components.alarms.definition import Extreme, Measured, Metric, Missing, Share, Working, log_metrics
from components.alarms.runs import Runs, metric_name, pattern
from components.alarms.watched import Watched

RUNBOOK = "docs/runbook.md"


@dataclass(frozen=True)
class AlarmsArgs:
    """Inputs of `Alarms`."""

    prefix: str
    """The beginning of the alarms' names."""
    watched: Watched
    topics: Mapping[str, pulumi.Input[str]]
    """ARNs of SNS topics by severity."""
    runbook: str
    """The runbook's address; empty for its path in the repository."""
    working: Sequence[pulumi.Resource]
    """Before all of these are there, it is no fault that a metric has no values."""


class Alarms(pulumi.ComponentResource):
    """Creates a CloudWatch alarm for each definition. It tells its topic when it goes off, and most when it is over.

    It also counts failures that no metric has: runs of cron jobs in the audit log, and with Container Insights Secrets
    that are not synced in the pods' log.
    """

    arns: Sequence[pulumi.Output[str]]
    """ARNs of the alarms."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:alarms:Alarms", name, {}, opts)
        self._name = name
        if pods := args.watched.pods:
            self._count("secret-sync-failures", pods, SYNC_FAILURE_PATTERN, SYNC_FAILURES, pods.insights)
        runs = args.watched.runs
        for cron_job in runs.cron_jobs:
            looked_for = pattern(runs.namespace, cron_job)
            self._count(f"failed-runs-{cron_job}", runs, looked_for, metric_name(cron_job), runs.cluster)
        arns: list[pulumi.Output[str]] = []
        for alarm in args.watched.alarms():
            told = [args.topics[alarm.severity.value]]
            silence_is_a_fault = alarm.missing is Missing.BROKEN
            made = aws.cloudwatch.MetricAlarm(
                f"{name}-{alarm.name}",
                name=f"{args.prefix}-{alarm.name}",
                alarm_description=f"{alarm.meaning} {args.runbook or RUNBOOK}#{alarm.kind}",
                comparison_operator=alarm.comparison.value,
                threshold=alarm.threshold,
                evaluation_periods=alarm.periods,
                datapoints_to_alarm=alarm.periods,
                treat_missing_data=alarm.missing.value,
                alarm_actions=told,
                ok_actions=told if alarm.tells_end else [],
                **_measured(alarm.metric),
                opts=pulumi.ResourceOptions(parent=self, depends_on=args.working if silence_is_a_fault else []),
            )
            arns.append(made.arn)
        self.arns = arns
        self.register_outputs({})

    def _count(self, what: str, where: Pods | Runs, looked_for: str, metric: str, after: pulumi.Resource) -> None:
        """Count what is found in the log group of the pods or of the control plane."""
        aws.cloudwatch.LogMetricFilter(
            f"{self._name}-{what}",
            log_group_name=where.log_group,
            pattern=looked_for,
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                namespace=log_metrics(where.cluster_name), name=metric, value="1", default_value="0"
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[after]),
        )


def _measured(metric: Measured) -> dict[str, Any]:
    """The arguments that say what an alarm measures."""
    match metric:
        case Share():
            return {"metric_queries": list(_share(metric))}
        case Extreme():
            return {"metric_queries": [_selected("extreme", metric, returned=True)]}
        case Working():
            counted = _calculated("working", metric.expression, "working")
            return {"metric_queries": [counted, _selected("least", metric.least, returned=False)]}
        case Metric():
            return _plain(metric)


def _plain(metric: Metric) -> dict[str, Any]:
    measured = {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": dict(metric.dimensions),
        "period": metric.period,
    }
    if not metric.statistic.startswith("p"):
        return {**measured, "statistic": metric.statistic}
    # A few slow requests at night say nothing:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    return {
        **measured,
        "extended_statistic": metric.statistic,
        "evaluate_low_sample_count_percentiles": "ignore",
    }


def _calculated(name: str, expression: str, label: str) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(id=name, expression=expression, label=label, return_data=True)


def _selected(name: str, extreme: Extreme, *, returned: bool) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id=name, expression=select(extreme), period=extreme.period, return_data=returned
    )


def _share(share: Share) -> Iterator[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    yield _calculated("share", share.expression, "percent")
    for name, metric in (("part", share.part), ("whole", share.whole)):
        yield aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=name,
            return_data=False,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=dict(metric.dimensions),
                period=metric.period,
                stat=metric.statistic,
            ),
        )


def select(extreme: Extreme) -> pulumi.Output[str]:
    """The query in CloudWatch's SQL."""
    schema = ", ".join([f'"{extreme.namespace}"', *extreme.schema])

    def query(values: Mapping[str, str]) -> str:
        where = " AND ".join(f"{name} = '{value}'" for name, value in values.items())
        by = f" GROUP BY {extreme.by}" if extreme.by else ""
        # Not SQL of a database: the values are identifiers of AWS's.
        return f"SELECT {extreme.function}({extreme.name}) FROM SCHEMA({schema}) WHERE {where}{by}"  # noqa: S608

    return pulumi.Output.all(**extreme.dimensions).apply(query)
