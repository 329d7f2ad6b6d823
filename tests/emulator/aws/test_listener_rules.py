"""Rules that Elastic Load Balancing refuses."""

from typing import Any

import pytest

from emulator.aws.listener_rules import check
from emulator.plugins.provider import ProviderError

FORWARD: dict[str, Any] = {"type": "forward", "targets": [{"service": "web", "port": 80}]}
PATH = {"field": "path-pattern", "values": ["/*"]}


def listeners(
    action: dict[str, Any] = FORWARD, *conditions: dict[str, Any], count: int = 1, protocol: str = "HTTPS"
) -> Any:
    rule = {"conditions": list(conditions) or [PATH], "action": action}
    return {f"{protocol}:443": {"rules": [rule] * count, "default": FORWARD}}


def sources(count: int) -> dict[str, Any]:
    return {"field": "source-ip", "values": [f"10.0.0.{number}/32" for number in range(count)]}


def test_what_is_within_the_limits_is_taken() -> None:
    check(listeners(FORWARD, PATH, sources(4), count=100))


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (listeners(count=101), "TooManyRules"),
        (listeners(FORWARD, PATH, sources(5)), "A rule can only have '5' condition values"),
        (listeners(FORWARD, {"field": "path-pattern", "values": ["/*/*/*/*/*/*/*"]}), "'6' condition wildcards"),
        (listeners(FORWARD, {"field": "path-pattern", "values": [f"/{'a' * 128}"]}), "more than 128 characters"),
        (
            listeners(
                {"type": "forward", "targets": [{"service": "web", "port": 80, "version": "GRPC"}]}, protocol="HTTP"
            ),
            "Listener protocol 'HTTP' is not supported with a target group with the protocol-version 'GRPC'",
        ),
        (listeners({"type": "redirect", "host": "b", "statuscode": "301"}), "HTTP_301, HTTP_302"),
        (listeners({"type": "redirect", "protocol": "FTP", "statuscode": "HTTP_301"}), "'FTP' is no protocol"),
        (listeners({"type": "redirect", "statuscode": "HTTP_301"}), "it is a loop"),
        (listeners({"type": "fixed-response", "statuscode": "302"}), "no status code '302'"),
        (listeners({"type": "fixed-response", "statuscode": "503", "contenttype": "text/xml"}), "no content type"),
        (listeners({"type": "fixed-response", "statuscode": "503", "messagebody": "x" * 1025}), "1024 characters"),
    ],
)
def test_what_is_not_is_refused(refused: Any, message: str) -> None:
    with pytest.raises(ProviderError, match=message):
        check(refused)
