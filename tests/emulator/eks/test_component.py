"""What the component plugin accepts and answers."""

from typing import Any

import pytest

from emulator.eks.arguments import problems
from emulator.eks.kubeconfig import kubeconfig

GOOD: dict[str, Any] = {
    "authenticationMode": "API", "skipDefaultNodeGroup": True, "skipDefaultSecurityGroups": True,
    "useDefaultVpcCni": True, "kubeProxyAddonOptions": {"enabled": False}, "corednsAddonOptions": {"enabled": False},
    "vpcId": "vpc-1", "privateSubnetIds": ["subnet-1"],
}  # fmt: skip


def test_the_programs_arguments_are_fine() -> None:
    assert problems(GOOD) == []
    filled = {"enabled": False, "resolveConflictsOnCreate": "OVERWRITE"}
    assert problems({**GOOD, "corednsAddonOptions": filled}) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"fargate": True}, "fargate"),
        ({"skipDefaultNodeGroup": False}, "skipDefaultNodeGroup"),
        ({"corednsAddonOptions": {"enabled": True}}, "corednsAddonOptions"),
        ({"authenticationMode": "CONFIG_MAP"}, "authenticationMode"),
        ({"subnetIds": ["subnet-1"]}, "subnetIds"),
    ],
)
def test_others_are_named(change: dict[str, Any], name: str) -> None:
    assert [problem.property for problem in problems({**GOOD, **change})] == [name]


def test_the_kubeconfig_asks_the_aws_command() -> None:
    config = kubeconfig("arn:aws:eks:eu-west-1:123456789012:cluster/shop", "https://host", "Q0E=")
    command = config["users"][0]["user"]["exec"]
    assert command["args"][:4] == ["--region", "eu-west-1", "eks", "get-token"]
    assert config["clusters"][0]["cluster"] == {"server": "https://host", "certificate-authority-data": "Q0E="}
