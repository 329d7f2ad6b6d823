"""Security group rules that let traffic through."""

from typing import Any

import pytest

from emulator.aws import routing


@pytest.mark.parametrize(
    ("rule", "reachable"),
    [
        ({"ipProtocol": "tcp", "fromPort": 3000, "toPort": 3000}, True),
        ({"ipProtocol": "tcp", "fromPort": 0, "toPort": 65535}, True),
        ({"ipProtocol": "-1"}, True),
        ({"ipProtocol": "tcp", "fromPort": 80, "toPort": 80}, False),
        ({"ipProtocol": "udp", "fromPort": 3000, "toPort": 3000}, False),
    ],
)
def test_security_group_rules(rule: dict[str, Any], reachable: bool) -> None:
    assert routing.may_reach([{**rule, "referencedSecurityGroupId": "sg-alb"}], "sg-alb", 3000) is reachable
    assert not routing.may_reach([{**rule, "referencedSecurityGroupId": "sg-other"}], "sg-alb", 3000)
