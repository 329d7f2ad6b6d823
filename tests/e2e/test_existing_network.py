"""The shop in a VPC of another program, and in a zone of another account: it changes nothing else of them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

STACK, SHARED = "dev", "shared"
ZONE = {
    "openmarket:hostedZoneId": "Z0123456789PLATFORM",
    "openmarket:hostedZoneRole": "arn:aws:iam::210987654321:role/zone-writer",
}
OWN = {"cidr": "10.10.0.0/16", "zones": ["a", "c"], "nat": "single"}


@dataclass(frozen=True)
class PlatformTeam(Checkout):
    """Another program, in the account of the first one's emulator."""

    shop: Path = field(default_factory=Path)

    def emulator(
        self, *arguments: str, check: bool = True, timeout: float = 900, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        known = {"PYTHONPATH": str(self.shop), "OPENMARKET_EMULATOR_STATE": str(self.shop / ".emulator")}
        return super().emulator(*arguments, check=check, timeout=timeout, env={**(env or {}), **known})


@pytest.fixture(scope="module")
def team(checkout: Checkout) -> PlatformTeam:
    """The platform team, whose VPC is there."""
    team = PlatformTeam(checkout.path / "examples" / "network", checkout.path)
    team.up(SHARED)
    return team


@pytest.fixture(scope="module")
def shop(checkout: Checkout, team: PlatformTeam) -> Checkout:
    """The stack dev after its first `up`, in the VPC."""
    existing = team.outputs(SHARED)["existing"]
    checkout.configure(STACK, "network", existing=existing, interfaceEndpoints=None, **dict.fromkeys(OWN))
    checkout.configure(STACK, "ingress", plainHttp=False)
    file = checkout.path / f"Pulumi.{STACK}.yaml"
    settings = yaml.safe_load(file.read_text())
    settings["config"] |= ZONE
    file.write_text(yaml.safe_dump(settings, sort_keys=False))
    checkout.make("up", f"STACK={STACK}")
    return checkout


def test_it_is_in_the_vpc(shop: Checkout, team: PlatformTeam) -> None:
    existing = team.outputs(SHARED)["existing"]
    assert shop.outputs(STACK)["vpc_id"] == existing["vpcId"]
    (ingress,) = shop.kubectl(STACK, "get", "ingresses", "--all-namespaces")["items"]
    public = [subnets["public"] for subnets in existing["subnets"].values()]
    assert ingress["metadata"]["annotations"]["alb.ingress.kubernetes.io/subnets"] == ",".join(public)
    assert ingress["status"]["loadBalancer"]["ingress"][0]["hostname"] == shop.outputs(STACK)["alb_dns"]
    shop.make("smoke", f"STACK={STACK}")


def test_pods_reach_the_endpoints_of_the_vpc(shop: Checkout) -> None:
    policy = shop.kubectl(STACK, "get", "networkpolicy", "backend-api", "-n", "openmarket-dev")
    open_for_https = [
        peer["ipBlock"]["cidr"]
        for rule in policy["spec"]["egress"]
        for peer in rule["to"]
        if rule["ports"][0]["port"] == 443
    ]
    assert open_for_https == ["0.0.0.0/0", "100.64.0.0/25", "100.64.0.128/25"]


def test_its_records_are_written_by_the_role_of_their_zone(shop: Checkout) -> None:
    resources = json.loads(shop.pulumi("stack export", STACK))["deployment"]["resources"]
    of_role = {each["type"] for each in resources if "::hosted-zone::" in each.get("provider", "")}
    own = {each["type"] for each in resources if "::hosted-zone::" not in each.get("provider", "")}
    assert of_role == {"aws:route53/record:Record"}
    assert not of_role & own


def test_it_pays_for_no_network(shop: Checkout) -> None:
    said = json.dumps(shop.cost(STACK))
    assert "Application Load Balancer" in said
    assert "NAT" not in said


def test_nothing_changes_by_itself(shop: Checkout) -> None:
    shop.pulumi("preview", STACK, "--expect-no-changes")
    shop.pulumi("preview --refresh", STACK, "--expect-no-changes")
    assert shop.run(sys.executable, "-m", "ops", "doctor", "--stack", STACK).returncode == 0


def test_it_does_not_move(shop: Checkout) -> None:
    with shop.configured(STACK, "network", existing=None, **OWN):
        said = shop.up(STACK, check=False)
    assert "openmarket:network.existing is missing" in said
    assert "EKS never moves a cluster" in said
    shop.pulumi("preview", STACK, "--expect-no-changes")


def test_it_goes_and_leaves_the_vpc(shop: Checkout, team: PlatformTeam) -> None:
    shop.destroy(STACK)
    team.pulumi("preview --refresh", SHARED, "--expect-no-changes")
    # A network interface or a security group of the shop's would keep its subnet or the VPC.
    team.destroy(SHARED)
    assert shop.status()["objects"] == {}
