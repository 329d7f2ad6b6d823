"""The alarms about those that raise and pass on alarms: Prometheus and Alertmanager, and the way to a chat."""

from collections.abc import Iterator

from components.alarms.definition import Alarm, Comparison, Metric, Missing, Severity


def alarms(watchdog_topic: str, chat_function: str) -> Iterator[Alarm]:
    """The alarms about what there is of them: an empty name means that there is none.

    Alertmanager publishes an alert that is always on to the watchdog's topic.
    Metrics: https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html and
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    if watchdog_topic:
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
    if chat_function:
        yield Alarm(
            "chat-webhook-failed",
            "A message did not reach the chat: whoever reads only the chat may have missed an alarm.",
            Severity.WARNING,
            # Not `Errors`: a second or third attempt may succeed.
            Metric("AWS/Lambda", "AsyncEventsDropped", "Sum", {"FunctionName": chat_function}),
            Comparison.ABOVE,
            0,
            1,
            # That it is over would be posted, too, and fail, and so on for ever.
            tells_end=False,
        )
