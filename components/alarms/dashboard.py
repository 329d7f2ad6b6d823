"""One screen that says whether the shop is all right: requests, errors, latency, saturation and money."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms import entry
from components.alarms.alarms import select
from components.alarms.definition import Alarm, Extreme, Metric, Share, Working
from components.alarms.watched import Watched
from components.iam.resource_policies import CLOUDFRONT_REGION

_COLUMNS, _WIDTH, _HEIGHT, _STATES = 24, 8, 6, 5
_BILLING_REGION = CLOUDFRONT_REGION
"""CloudWatch has what AWS bills in this region only, wherever the resources are."""


@dataclass(frozen=True)
class Panel:
    """A graph of what alarms watch, with their thresholds."""

    title: str
    kinds: Sequence[str]
    """The alarms' kinds. A stack that has none of them has no such panel."""


PANELS = (
    Panel("Errors, % of requests", ("service-errors",)),
    Panel("Latency of 95 % of requests, s", ("slow-requests",)),
    Panel("Targets of the load balancer", ("no-healthy-target", "unhealthy-targets")),
    Panel("Pods", ("pods-at-maximum",)),
    Panel("Runs that failed", ("run-failed",)),
    Panel("Nodes", ("nodes-at-maximum", "nodes-failed")),
    Panel("Database: CPU and capacity, %", ("database-cpu", "database-capacity")),
    Panel("Database: connections", ("database-connections",)),
    Panel("Cache: CPU and memory, %", ("cache-cpu", "cache-memory")),
    Panel("NAT: errors and dropped packets", ("nat-ports", "nat-drops")),
    Panel("Requests that the firewall blocks", ("blocked-requests",)),
)
"""The graphs between requests and money, in the order of how soon customers notice."""


@dataclass(frozen=True)
class DashboardArgs:
    """Inputs of `Dashboard`."""

    prefix: str
    """The dashboard's name."""
    region: str
    watched: Watched
    alarms: Sequence[pulumi.Input[str]]
    """ARNs of the alarms whose states it shows first."""
    monthly_budget: Decimal
    """USD."""


class Dashboard(pulumi.ComponentResource):
    """Creates a CloudWatch dashboard from the definitions of the alarms."""

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:alarms:Dashboard", name, {}, opts)
        aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=args.prefix,
            dashboard_body=pulumi.Output.json_dumps({"widgets": list(_widgets(args))}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def _widgets(args: DashboardArgs) -> Iterator[dict[str, Any]]:
    """The states of the alarms, and the graphs below them, three in a row."""
    states = {"title": f"{args.prefix}: alarms", "alarms": list(args.alarms), "sortBy": "stateUpdatedTimestamp"}
    yield {"type": "alarm", "x": 0, "y": 0, "width": _COLUMNS, "height": _STATES, "properties": states}
    in_a_row = _COLUMNS // _WIDTH
    for number, properties in enumerate(_graphs(args)):
        row, column = divmod(number, in_a_row)
        yield {
            "type": "metric",
            "x": column * _WIDTH,
            "y": _STATES + row * _HEIGHT,
            "width": _WIDTH,
            "height": _HEIGHT,
            "properties": {"view": "timeSeries", "region": args.region, "yAxis": {"left": {"min": 0}}, **properties},
        }


def _graphs(args: DashboardArgs) -> Iterator[dict[str, Any]]:
    requests = entry.of(args.watched.entry, "RequestCount", "Sum")
    yield {"title": "Requests in five minutes", "metrics": [_series(requests, "requests")]}
    alarms = args.watched.alarms()
    for panel in PANELS:
        if found := [alarm for alarm in alarms if alarm.kind in panel.kinds]:
            thresholds = {(f"{each.kind} {each.of}".strip(), each.threshold) for each in found}
            yield {
                "title": panel.title,
                "metrics": [line for number, alarm in enumerate(found) for line in _lines(alarm, number)],
                "annotations": {"horizontal": [{"label": name, "value": each} for name, each in sorted(thresholds)]},
            }
    # Of the account: AWS breaks charges down by tag elsewhere, a day later.
    charges = Metric("AWS/Billing", "EstimatedCharges", "Maximum", {"Currency": "USD"}, 21600)
    yield {
        "title": "Money: the account's month, USD",
        "region": _BILLING_REGION,
        "metrics": [_series(charges, "charges")],
        "annotations": {"horizontal": [{"label": "budget of this stack", "value": float(args.monthly_budget)}]},
    }


def _lines(alarm: Alarm, number: int) -> Iterator[list[Any]]:
    """The series that an alarm watches; ids are unique in their graph."""
    label = f"{alarm.kind} {alarm.of}".strip()
    if isinstance(alarm.metric, Share):
        share = alarm.metric
        expression = share.expression.replace("whole", f"whole{number}").replace("part", f"part{number}")
        yield [{"expression": expression, "label": label, "id": f"share{number}", "period": share.period}]
        for name, metric in (("part", share.part), ("whole", share.whole)):
            yield _series(metric, name, id=f"{name}{number}", visible=False)
    elif isinstance(alarm.metric, Extreme):
        yield _selected(alarm.metric, f"extreme{number}", label=label)
    elif isinstance(alarm.metric, Working):
        expression = alarm.metric.expression.replace("least", f"least{number}")
        yield [{"expression": expression, "label": label, "id": f"working{number}", "period": alarm.metric.period}]
        yield _selected(alarm.metric.least, f"least{number}", visible=False)
    else:
        yield _series(alarm.metric, label)


def _selected(extreme: Extreme, name: str, **more: Any) -> list[Any]:
    return [{"expression": select(extreme), "id": name, "period": extreme.period, **more}]


def _series(metric: Metric, label: str, **more: Any) -> list[Any]:
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    shown = {"stat": metric.statistic, "period": metric.period, "label": label, **more}
    return [metric.namespace, metric.name, *dimensions, shown]
