"""Alarms about the way out, through NAT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from components.alarms.definition import Alarm, Comparison, Metric, Severity

if TYPE_CHECKING:
    import pulumi

NAT = "AWS/NATGateway"
_DROPPED_PACKETS = 100


def alarms(gateways: Mapping[str, pulumi.Input[str]]) -> Iterator[Alarm]:
    """The alarms about NAT gateways, by zone.

    Metrics: https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    """
    for zone, gateway in gateways.items():
        yield Alarm(
            "nat-ports",
            "A NAT gateway has no port left for a destination: calls to payment, mail or AWS itself fail.",
            Severity.CRITICAL,
            Metric(NAT, "ErrorPortAllocation", "Sum", {"NatGatewayId": gateway}),
            Comparison.ABOVE,
            0,
            1,
            zone,
        )
        yield Alarm(
            "nat-drops",
            "A NAT gateway drops packets: calls to other companies' servers are slow or fail.",
            Severity.WARNING,
            Metric(NAT, "PacketsDropCount", "Sum", {"NatGatewayId": gateway}),
            Comparison.ABOVE,
            _DROPPED_PACKETS,
            3,
            zone,
        )
