"""Before a first deployment: account, names in recovery, hosted zone, certificate, types of instances."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis import stack_file
from ops.doctor import before, showing
from ops.doctor.prospect import Prospect
from tests.ops.doctor.world import COMMANDS

SETTINGS: dict[str, Any] = {
    "openmarket:domain": "dev.shop.example",
    "openmarket:hostedZoneId": "Z1",
    "openmarket:ingress": {
        "certificateArn": "arn:aws:acm:ap-northeast-2:123456789012:certificate/1",
        "domains": {
            "seller.shop.example": {"hostedZoneId": "Z2"},
            "shop.two.example": {"certificateArn": "arn:aws:acm:ap-northeast-2:123456789012:certificate/2"},
        },
    },
    "openmarket:network": {"zones": ["a", "c"]},
    "openmarket:cluster": {"nodeGroups": {"general": {"instanceTypes": ["t4g.medium"]}}},
    "openmarket:database": {"engineVersion": "8.0.mysql_aurora.3.12.0", "instanceClass": "db.r7g.large"},
}
READY = Prospect(
    "dev", "ap-northeast-2", SETTINGS, "123456789012",
    secrets=({"Name": "openmarket-dev-keys"},), hosted_zone={"Id": "Z1", "Name": "shop.example."},
    certificate={"Status": "ISSUED"},
    further_zones={"seller.shop.example": {"Name": "shop.example."}, "shop.two.example": {}},
    further_certificates={"seller.shop.example": {}, "shop.two.example": {"Status": "ISSUED"}},
    offered=frozenset((("t4g.medium", "ap-northeast-2a"), ("t4g.medium", "ap-northeast-2c"))),
    database_zones=frozenset(("ap-northeast-2a", "ap-northeast-2c")),
)  # fmt: skip
EXISTING = SETTINGS | {
    "openmarket:network": {"existing": {"vpcId": "vpc-1", "subnets": {
        "a": {"public": "subnet-1", "private": "subnet-2"}, "c": {"public": "subnet-3", "private": "subnet-4"},
    }}},
}  # fmt: skip
SUBNETS = tuple({"SubnetId": f"subnet-{number}", "VpcId": "vpc-1"} for number in range(1, 5))
PENDING = {
    "Status": "PENDING_VALIDATION",
    "DomainValidationOptions": [
        {
            "DomainName": "dev.shop.example",
            "ValidationStatus": "PENDING_VALIDATION",
            "ResourceRecord": {"Name": "_a.dev"},
        }
    ],
}


def test_where_nothing_is_in_the_way_there_is_no_finding() -> None:
    assert list(before.find(READY)) == []
    assert list(before.find(replace(READY, hosted_zone={}, certificate={}, offered=None, database_zones=None))) == []
    assert list(before.find(replace(READY, settings=EXISTING, subnets=SUBNETS))) == []


@pytest.mark.parametrize(
    ("change", "what", "next_"),
    [
        ({"settings": SETTINGS | {"aws:allowedAccountIds": ["1"]}}, "credentials of account 123456789012", "sts get-"),
        ({"secrets": ({"Name": "openmarket-dev-keys", "DeletedDate": "2026-11-20"},)}, "openmarket-dev-keys is taken",
         "secretsmanager delete-secret --secret-id openmarket-dev-keys --force-delete-without-recovery"),
        ({"hosted_zone": None}, "no hosted zone Z1", "route53 list-hosted-zones"),
        ({"hosted_zone": {"Name": "other.example."}}, "is of other.example, and the shop's domain is", "route53"),
        ({"hosted_zone": {"Name": "shop.example.", "Config": {"PrivateZone": True}}}, "is private", "route53"),
        ({"certificate": None}, "There is no certificate arn:aws:acm", "acm list-certificates"),
        ({"certificate": PENDING}, "is PENDING_VALIDATION", "acm describe-certificate"),
        ({"further_zones": {"seller.shop.example": None}}, "no hosted zone Z2", "route53 list-hosted-zones"),
        ({"further_zones": {"seller.shop.example": {"Name": "two."}}}, "the host is seller.shop.example", "route53"),
        ({"further_certificates": {"shop.two.example": PENDING}}, "/2 is PENDING_VALIDATION", "acm describe"),
        ({"offered": frozenset({("t4g.medium", "ap-northeast-2a")})}, "t4g.medium in ap-northeast-2c", "preview"),
        ({"settings": EXISTING, "offered": frozenset({("t4g.medium", "ap-northeast-2a")})}, "in ap-northeast-2c",
         "preview"),
        ({"database_zones": frozenset({"ap-northeast-2a"})},
         "RDS does not offer db.r7g.large with Aurora MySQL 8.0.mysql_aurora.3.12.0 in ap-northeast-2c", "preview"),
        ({"settings": EXISTING, "subnets": SUBNETS[1:]}, "The subnet subnet-1 of vpc-1 does not exist",
         "ec2 describe-subnets --filters Name=vpc-id,Values=vpc-1"),
        ({"settings": EXISTING, "subnets": (*SUBNETS[:3], {"SubnetId": "subnet-4", "VpcId": "vpc-2"})},
         "The subnet subnet-4 of vpc-1 belongs to vpc-2 instead", "ec2 describe-subnets"),
    ],
)  # fmt: skip
def test_what_is_in_the_way_is_named(change: dict[str, Any], what: str, next_: str) -> None:
    (finding,) = before.find(replace(READY, **change))
    words = finding.cause.words(COMMANDS)
    assert what in words.what
    assert next_ in words.next


def test_subnets_are_asked_for_by_id(answers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack_file, "settings", lambda _: EXISTING)
    monkeypatch.setattr(stack_file, "region", lambda _: "ap-northeast-2")
    (answers / "describe-subnets").write_text(json.dumps({"Subnets": list(SUBNETS[:2])}))
    prospect = before.read("dev")
    assert prospect.subnets == SUBNETS[:2]
    assert prospect.zones == ["ap-northeast-2a", "ap-northeast-2c"]
    assert "AccessDenied: describe-subnets" not in prospect.unread


def test_a_zone_of_another_account_is_not_asked_for(answers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    role = {"openmarket:hostedZoneRole": "arn:aws:iam::210987654321:role/zone-writer", "openmarket:ingress": {}}
    monkeypatch.setattr(stack_file, "settings", lambda _: SETTINGS | role)
    monkeypatch.setattr(stack_file, "region", lambda _: "ap-northeast-2")
    prospect = before.read("dev")
    assert "AccessDenied: get-hosted-zone" not in prospect.unread
    assert [finding for finding in before.find(prospect) if "hosted zone" in finding.cause.words(COMMANDS).what] == []


def test_a_certificate_that_waits_names_the_records_that_it_needs() -> None:
    (finding,) = before.find(replace(READY, certificate=PENDING))
    assert finding.cause.words(COMMANDS).why == ("dev.shop.example needs the record _a.dev",)


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `aws` that answers from files named like operations, and refuses everything else."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("OPENMARKET_EMULATOR_STATE", raising=False)
    script = tmp_path / "aws"
    script.write_text(
        f'#!/bin/sh\ntest -f "{tmp_path}/$4" || {{ echo "AccessDenied: $4" >&2; exit 254; }}\ncat "{tmp_path}/$4"\n'
    )
    script.chmod(0o755)
    (tmp_path / "get-caller-identity").write_text(json.dumps({"Account": "123456789012"}))
    return tmp_path


def test_what_the_file_names_is_asked_of_aws(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stack_file, "settings", lambda _: SETTINGS)
    monkeypatch.setattr(stack_file, "region", lambda _: "ap-northeast-2")
    (answers / "list-secrets").write_text(json.dumps({"SecretList": [{"Name": "openmarket-dev-a"}]}))
    (answers / "get-hosted-zone").write_text(json.dumps({"HostedZone": {"Name": "shop.example."}}))
    offered = [{"InstanceType": "t4g.medium", "Location": f"ap-northeast-2{zone}"} for zone in "ac"]
    (answers / "describe-instance-type-offerings").write_text(json.dumps({"InstanceTypeOfferings": offered}))
    orderable = [{"AvailabilityZones": [{"Name": f"ap-northeast-2{zone}"}]} for zone in "ac"]
    (answers / "describe-orderable-db-instance-options").write_text(
        json.dumps({"OrderableDBInstanceOptions": orderable})
    )
    (answers / "get-service-quota").write_text(json.dumps({"Quota": {"Value": 5.0}}))
    (answers / "describe-vpcs").write_text(json.dumps({"Vpcs": [{"VpcId": "vpc-1"}]}))
    (answers / "describe-addresses").write_text(json.dumps({"Addresses": []}))
    assert showing.before("dev", as_json=True) == 2
    read = json.loads(capsys.readouterr().out)
    assert read["findings"] == []
    assert read["unread"] == ["AccessDenied: describe-certificate"]
    (answers / "describe-certificate").write_text(json.dumps({"Certificate": {"Status": "ISSUED"}}))
    assert showing.before("dev", as_json=False) == 0
    assert capsys.readouterr().out == "Nothing in AWS stands in the way of deploying dev.\n"
    (answers / "describe-certificate").write_text(json.dumps({"Certificate": {"Status": "EXPIRED"}}))
    assert showing.before("dev", as_json=False) == 1
    assert capsys.readouterr().out.startswith("dev cannot be deployed yet.\n")


def test_a_stack_that_is_deployed_is_said_first_and_is_not_in_its_own_way(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stack_file, "settings", lambda _: SETTINGS | {"openmarket:ingress": {}})
    monkeypatch.setattr(stack_file, "region", lambda _: "ap-northeast-2")
    gone = [{"Name": f"openmarket-dev-{each}", "DeletedDate": "2026-11-20"} for each in ("keys", "other")]
    (answers / "list-secrets").write_text(json.dumps({"SecretList": gone}))
    (answers / "get-hosted-zone").write_text(json.dumps({"HostedZone": {"Name": "shop.example."}}))
    secret = {
        "urn": "urn:pulumi:dev::openmarket::aws:secretsmanager/secret:Secret::keys", "custom": True,
        "type": "aws:secretsmanager/secret:Secret", "outputs": {"name": "openmarket-dev-keys"},
    }  # fmt: skip
    exported = json.dumps({"version": 3, "deployment": {"resources": [secret]}})
    (answers / "pulumi").write_text(f"#!/bin/sh\necho '{exported}'\n")
    (answers / "pulumi").chmod(0o755)
    assert showing.before("dev", as_json=False) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[0] == (
        "dev is deployed already, and `./openmarket ops doctor --stack dev` says how it is. "
        "What its file asks for has this in its way."
    )
    assert "openmarket-dev-other is taken" in said
    assert "openmarket-dev-keys is taken" not in said


def test_without_credentials_nothing_can_be_looked_at(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (answers / "get-caller-identity").unlink()
    assert showing.before("dev", as_json=False) == 2
    assert "AccessDenied: get-caller-identity" in capsys.readouterr().err
