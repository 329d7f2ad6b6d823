"""A VPC that is put into the account by its ids."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from emulator import wiring
from emulator.__main__ import app
from emulator.aws import functions, tokens
from emulator.aws.account import AwsAccount
from emulator.aws.identity import Identity
from emulator.aws.routing import has_route_out

ID = "vpc-0123456789abcdef0"
KINDS = ("public", "private", "isolated")


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AwsAccount:
    account = AwsAccount(wiring.clusters(), tmp_path / "aws.sqlite")
    monkeypatch.setattr(wiring, "account", lambda: account)
    return account


def subnet(kind: str, zone: str) -> str:
    return f"subnet-0{zone * 15}{KINDS.index(kind)}"


def put(*zones: str, vpc_id: str = ID) -> tuple[int, str]:
    words = [f"{kind}/ap-northeast-2{zone}/{subnet(kind, zone)}" for zone in zones for kind in KINDS]
    done = CliRunner().invoke(app, ["vpc", vpc_id, *(part for each in words for part in ("--subnet", each))])
    return done.exit_code, f"{done.output}{done.exception if isinstance(done.exception, SystemExit) else ''}"


def test_its_subnets_lead_where_their_kinds_do(account: AwsAccount) -> None:
    code, said = put("a", "c")
    assert code == 0, said
    assert [has_route_out(account, subnet(kind, "c")) for kind in KINDS] == [True, True, False]
    found = functions.invoke(Identity(), "aws:ec2/getSubnet:getSubnet", {"id": subnet("private", "c")}, account)
    assert (found["vpcId"], found["availabilityZone"]) == (ID, "ap-northeast-2c")
    assert (found["cidrBlock"], found["availableIpAddressCount"]) == ("10.60.64.0/19", 8187)
    vpc = functions.invoke(Identity(), "aws:ec2/getVpc:getVpc", {"id": ID}, account)
    assert (vpc["enableDnsSupport"], vpc["enableDnsHostnames"]) == (True, True)


def test_what_is_there_stays_and_a_zone_is_added(account: AwsAccount) -> None:
    put("a", "c")
    before = {each.id: each.outputs for each in account.find()}
    assert put("a", "c") == (0, f"{ID} is there already\n")
    assert put("a", "b", "c")[0] == 0
    after = {each.id: each.outputs for each in account.find()}
    assert before.items() <= after.items()
    assert {subnet(kind, "b") for kind in KINDS} <= after.keys()
    assert len(account.find(tokens.NAT_GATEWAY)) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("vpc", "openmarket", "--subnet", "public/ap-northeast-2a/subnet-01234567"),
        ("vpc", ID, "--subnet", "data/ap-northeast-2a/subnet-01234567"),
        ("vpc", ID, "--subnet", "public/a/subnet-01234567"),
    ],
)
def test_what_is_written_wrong_is_refused(account: AwsAccount, words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code
    assert "KIND/ZONE/ID" in str(done.exception) + done.output
    assert account.find() == []
