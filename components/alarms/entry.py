"""Alarms about the way in: load balancer, certificate and firewall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.addons.shop_metrics import ERROR_RATIO
from components.alarms.definition import Alarm, Comparison, Extreme, Metric, Missing, Severity, Share, Working

if TYPE_CHECKING:
    import pulumi

ALB = "AWS/ApplicationELB"
WAF = "AWS/WAFV2"
_TARGETS = ("LoadBalancer", "TargetGroup")
_LEAST_REQUESTS = 20
_OWN_ERRORS = 25
_MOST_TARGETS = 1_000_000
"""More than a target group can have."""
_DOWN_MINUTES = 2
_ROLLOUT_MINUTES = 5
"""In which a pod drains, a volume moves, and the next pod starts and passes the health checks."""
_RENEWED_DAYS = 30
"""ACM renews weeks earlier, so whatever is closer to its expiry was not renewed."""


@dataclass(frozen=True)
class Entry:
    """What the alarms about the way in watch."""

    load_balancer: pulumi.Input[str]
    """The part of the load balancer's ARN that CloudWatch knows it by, `app/<name>/<digits>`."""
    services: int
    """The number of services behind it, each of which has a target group."""
    down_in_rollouts: bool
    """True if one of them has a volume, and so no pod for a while when it is rolled out."""
    certificates: Mapping[str, pulumi.Input[str]]
    """ARNs of its certificates, by host; that of the stack's domain has an empty name. Empty without TLS."""
    web_acl: str
    """The web ACL's name in metrics; empty if the firewall is off."""
    region: str
    latency_seconds: float
    """Seconds within which 95 % of requests are answered."""
    blocked_requests: int
    """Requests in five minutes that the firewall may block."""


def alarms(entry: Entry) -> Iterator[Alarm]:
    """Metrics: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html

    The firewall's: https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
    """
    yield Alarm(
        "service-errors",
        f"More than {ERROR_RATIO:.0%} of the requests that reach the services end with 5xx: customers see errors.",
        Severity.CRITICAL,
        Share(of(entry, "HTTPCode_Target_5XX_Count", "Sum"), of(entry, "RequestCount", "Sum"), _LEAST_REQUESTS),
        Comparison.ABOVE,
        ERROR_RATIO * 100,
        1,
    )
    yield Alarm(
        "load-balancer-errors",
        "The load balancer itself answers with 5xx, as services do not answer it: customers see a page of AWS's.",
        Severity.CRITICAL,
        of(entry, "HTTPCode_ELB_5XX_Count", "Sum"),
        Comparison.ABOVE,
        _OWN_ERRORS,
        1,
    )
    yield Alarm(
        "slow-requests",
        f"One request in 20 takes longer than {entry.latency_seconds:g} s: customers wait, and some leave.",
        Severity.WARNING,
        of(entry, "TargetResponseTime", "p95"),
        Comparison.ABOVE,
        entry.latency_seconds,
        2,
    )
    yield Alarm(
        "unhealthy-targets",
        "Pods fail the load balancer's health checks: the others serve all customers, with less to spare.",
        Severity.WARNING,
        Extreme(ALB, "UnHealthyHostCount", "MAX", _TARGETS, {"LoadBalancer": entry.load_balancer}),
        Comparison.ABOVE,
        0,
        10,
    )
    yield Alarm(
        "no-healthy-target",
        "A service has no pod that passes the load balancer's health checks: it is down for every customer.",
        Severity.CRITICAL,
        # A target group has no values while it has no targets, as pods that are not ready are taken out of it.
        Working(
            Extreme(ALB, "HealthyHostCount", "MIN", _TARGETS, {"LoadBalancer": entry.load_balancer}, by="TargetGroup"),
            _MOST_TARGETS,
        ),
        Comparison.BELOW,
        entry.services,
        _ROLLOUT_MINUTES if entry.down_in_rollouts else _DOWN_MINUTES,
        missing=Missing.BROKEN,
    )
    for host, arn in entry.certificates.items():
        yield Alarm(
            "certificate-expiry",
            f"The certificate ends within {_RENEWED_DAYS} days and was not renewed: then browsers refuse the shop.",
            Severity.CRITICAL,
            Metric("AWS/CertificateManager", "DaysToExpiry", "Minimum", {"CertificateArn": arn}, 86400),
            Comparison.BELOW,
            _RENEWED_DAYS,
            1,
            of=host,
            # There is none any more once the certificate has expired, and none right after it was issued.
            missing=Missing.AS_BEFORE,
        )
    if entry.web_acl:
        yield Alarm(
            "blocked-requests",
            "The firewall blocks far more than usual: an attack, or a rule that locks customers out.",
            Severity.WARNING,
            Metric(WAF, "BlockedRequests", "Sum", {"WebACL": entry.web_acl, "Region": entry.region, "Rule": "ALL"}),
            Comparison.ABOVE,
            entry.blocked_requests,
            1,
        )


def of(entry: Entry, name: str, statistic: str) -> Metric:
    """A metric of the load balancer."""
    return Metric(ALB, name, statistic, {"LoadBalancer": entry.load_balancer})
