"""The shape of an alarm: one definition says what is measured, from when on it matters, and what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Definitions are read by tests and documentation without the SDK.
    import pulumi


def log_metrics(cluster_name: str) -> str:
    """CloudWatch's namespace of the metrics that are counted in the logs of a stack."""
    return f"OpenMarket/{cluster_name}"


class Severity(StrEnum):
    """How soon somebody has to look."""

    CRITICAL = "critical"
    """Customers notice it now."""
    WARNING = "warning"
    """Customers will notice it if nobody acts; it can wait until morning."""


class Comparison(StrEnum):
    """How a value breaks its threshold, as CloudWatch spells it."""

    ABOVE = "GreaterThanThreshold"
    AT_LEAST = "GreaterThanOrEqualToThreshold"
    BELOW = "LessThanThreshold"


class Missing(StrEnum):
    """What a period without data counts as, as CloudWatch spells it."""

    FINE = "notBreaching"
    BROKEN = "breaching"
    AS_BEFORE = "ignore"


@dataclass(frozen=True)
class Metric:
    """A metric of CloudWatch."""

    namespace: str
    name: str
    statistic: str
    """Sum, Maximum, Minimum, Average, or a percentile such as p95."""
    dimensions: Mapping[str, pulumi.Input[str]]
    period: int = 300
    """Seconds that one value is about."""


@dataclass(frozen=True)
class Share:
    """The percentage that one metric is of another, of the same period; 0 while the other is below `least`."""

    part: Metric
    whole: Metric
    least: int
    """A share of a few requests at night says nothing."""

    @property
    def period(self) -> int:
        """Seconds that one value is about."""
        return self.whole.period

    @property
    def expression(self) -> str:
        """CloudWatch's metric math, of `part` and `whole`."""
        return f"IF(FILL(whole, 0) >= {self.least}, 100 * FILL(part, 0) / whole, 0)"


@dataclass(frozen=True)
class Extreme:
    """The largest or smallest value of a metric over all its dimensions, where some have a given value.

    An alarm cannot use a search, and target groups get names that are known to their controller alone:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
    """

    namespace: str
    name: str
    function: str
    """MAX or MIN."""
    schema: Sequence[str]
    """The dimensions that the metric has."""
    dimensions: Mapping[str, pulumi.Input[str]]
    period: int = 60
    by: str = ""
    """A dimension, for one extreme per value that it has; empty for one of all."""


@dataclass(frozen=True)
class Working:
    """In how many groups of a metric no value is 0. A group that reports nothing any more is not counted.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-math.html
    """

    least: Extreme
    """The smallest values, by group."""
    most: int
    """The highest value that the metric can have."""

    @property
    def period(self) -> int:
        """Seconds that one value is about."""
        return self.least.period

    @property
    def expression(self) -> str:
        """CloudWatch's metric math, of `least`: what is above 0 counts as 1."""
        return f"SUM(CEIL(least / {self.most}))"


Measured = Metric | Share | Extreme | Working
"""What an alarm can measure."""


@dataclass(frozen=True)
class Alarm:
    """One alarm."""

    kind: str
    """Its name, after the stack's prefix, and the anchor of its section in docs/runbook.md."""
    meaning: str
    """A sentence on what it means for the shop."""
    severity: Severity
    metric: Measured
    comparison: Comparison
    threshold: float
    periods: int
    """The number of periods in a row that have to break the threshold."""
    of: str = ""
    """What it is about where there are several, such as a service; part of the name."""
    missing: Missing = Missing.FINE
    tells_end: bool = True
    """Whether it also tells when it is over."""

    @property
    def name(self) -> str:
        """Unique in its stack."""
        return f"{self.kind}-{self.of}" if self.of else self.kind
