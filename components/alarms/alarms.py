"""The alarms of a stack, as CloudWatch has them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms.cluster import SYNC_FAILURE_PATTERN, SYNC_FAILURES, Pods
from components.alarms.definition import Extreme, Metric, Share
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


class Alarms(pulumi.ComponentResource):
    """Creates a CloudWatch alarm for each definition. It tells its topic when it goes off, and when it is over.

    With Container Insights, it also counts failures in the pods' log that no metric has.
    """

    arns: Sequence[pulumi.Output[str]]
    """ARNs of the alarms."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:alarms:Alarms", name, {}, opts)
        self._name = name
        if args.watched.pods:
            self._count_failures(args.watched.pods)
        arns: list[pulumi.Output[str]] = []
        for alarm in args.watched.alarms():
            told = [args.topics[alarm.severity.value]]
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
                ok_actions=told,
                **_measured(alarm.metric),
                opts=pulumi.ResourceOptions(parent=self),
            )
            arns.append(made.arn)
        self.arns = arns
        self.register_outputs({})

    def _count_failures(self, pods: Pods) -> None:
        aws.cloudwatch.LogMetricFilter(
            f"{self._name}-secret-sync-failures",
            log_group_name=pods.log_group,
            pattern=SYNC_FAILURE_PATTERN,
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                namespace=pods.log_namespace, name=SYNC_FAILURES, value="1", default_value="0"
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[pods.insights]),
        )


def _measured(metric: Metric | Share | Extreme) -> dict[str, Any]:
    """The arguments that say what an alarm measures."""
    if isinstance(metric, Share):
        return {"metric_queries": list(_share(metric))}
    if isinstance(metric, Extreme):
        query = aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id="extreme", expression=select(metric), period=metric.period, return_data=True
        )
        return {"metric_queries": [query]}
    percentile = metric.statistic.startswith("p")
    return {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": dict(metric.dimensions),
        "period": metric.period,
        "extended_statistic" if percentile else "statistic": metric.statistic,
    }


def _share(share: Share) -> Iterator[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    yield aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="share", expression=share.expression, label="percent", return_data=True
    )
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
        # Not SQL of a database: the values are identifiers of AWS's.
        return f"SELECT {extreme.function}({extreme.name}) FROM SCHEMA({schema}) WHERE {where}"  # noqa: S608

    return pulumi.Output.all(**extreme.dimensions).apply(query)
