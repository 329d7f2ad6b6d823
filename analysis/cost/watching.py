"""Prices what watches the stack: alarms, dashboards and metrics that are counted in logs."""

from collections.abc import Iterator

from analysis.cost.model import Line
from analysis.cost.stack import Rule, Stack, items
from analysis.preview import State

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
COUNTED = "aws:cloudwatch/logMetricFilter:LogMetricFilter"


def alarm(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield once the metrics that all alarms watch, by which they are billed."""
    if stack.first_of_its_type(resource):
        together = stack.of(ALARM)
        count = sum(_metrics(each) for each in together)
        yield stack.line(together, "CloudWatch", "alarms", f"Alarms: {count} metrics", count)


def _metrics(resource: State) -> int:
    queries = items(resource.inputs, "metricQueries")
    # An expression of metrics costs what they do, and a query at least as much as one.
    return max(1, sum("metric" in each for each in queries))


def dashboard(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield a dashboard."""
    yield stack.line(resource, "CloudWatch", "dashboards", "Dashboard", 1)


def counted(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield a metric of one's own."""
    yield stack.line(resource, "CloudWatch", "metrics", "Metric counted in a log", 1)


RULES: dict[str, Rule] = {
    ALARM: Rule("CloudWatch", alarm),
    DASHBOARD: Rule("CloudWatch", dashboard),
    COUNTED: Rule("CloudWatch", counted),
}
