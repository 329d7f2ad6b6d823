"""Stand-ins for the Helm charts that the program installs."""

from emulator.kubernetes.charts import (
    aws_load_balancer_controller,
    cluster_autoscaler,
    external_secrets,
    kube_prometheus_stack,
    vertical_pod_autoscaler,
)
from emulator.kubernetes.charts.chart import Chart

CHARTS: dict[str, Chart] = {
    chart.name: chart
    for chart in (
        aws_load_balancer_controller.CHART,
        external_secrets.CHART,
        cluster_autoscaler.CHART,
        kube_prometheus_stack.CHART,
        vertical_pod_autoscaler.CHART,
    )
}


class UnknownChart(LookupError):
    """There is no stand-in for that chart, or not for that version."""


def lookup(name: str, version: str) -> Chart:
    """The stand-in for a chart.

    Raises:
        UnknownChart: The emulator has no such chart, or not that version.
    """
    chart = CHARTS.get(name.rsplit("/", 1)[-1])
    if chart is None:
        raise UnknownChart(f"The emulator has no stand-in for the chart {name!r}; it has {', '.join(sorted(CHARTS))}")
    if version.removeprefix("v") not in chart.versions:
        raise UnknownChart(
            f"The emulator has no version {version or '(none given)'} of the chart {chart.name}; it has "
            f"{', '.join(chart.versions)}"
        )
    return chart
