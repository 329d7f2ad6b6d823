"""Where Helm finds a chart."""

from dataclasses import dataclass

from components.addons.parts import Chart


@dataclass(frozen=True)
class Source:
    """A chart's place as Helm takes it. `repository` is empty for a chart in a registry."""

    chart: str
    repository: str


def source(chart: Chart) -> Source:
    """The place of a chart. A registry has no index: Helm takes the whole reference of the chart instead."""
    if chart.repository.startswith("oci://"):
        return Source(f"{chart.repository.rstrip('/')}/{chart.name}", "")
    return Source(chart.name, chart.repository)
