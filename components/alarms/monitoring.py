"""The alarm about those that raise alarms: Prometheus and Alertmanager."""

from collections.abc import Iterator

from components.alarms.definition import Alarm, Comparison, Metric, Missing, Severity


def alarms(watchdog_topic: str) -> Iterator[Alarm]:
    """The alarm about Alertmanager, which publishes an alert that is always on to the topic of this name.

    Metrics: https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
    """
    yield Alarm(
        "prometheus-silent",
        "Prometheus or Alertmanager says nothing any more: what only they see goes unheard.",
        Severity.WARNING,
        Metric("AWS/SNS", "NumberOfMessagesPublished", "Sum", {"TopicName": watchdog_topic}, 900),
        Comparison.BELOW,
        1,
        2,
        missing=Missing.BROKEN,
    )
