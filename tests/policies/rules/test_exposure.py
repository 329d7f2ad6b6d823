"""Ranges, protocols and ports that let the internet in under another name."""

from typing import Any

import pytest

from policies.resources import Resource
from policies.rule import Violation
from tests.policies.cases import CLUSTER, DATABASE, INGRESS_RULE, changed
from tests.policies.test_rules import violations

_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_QUARTERS = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]


def ingress(**content: Any) -> list[Violation]:
    return violations("security-group-closed", [Resource(_RULE, "subject", INGRESS_RULE | content)])


@pytest.mark.parametrize(
    "content",
    [
        {"ipProtocol": "-1"},
        {"ipProtocol": "udp"},
        {"fromPort": "22", "toPort": "22"},
        {"fromPort": None, "toPort": None},
        {"fromPort": 22, "toPort": 22, "cidrIpv4": "64.0.0.0/2"},
        {"fromPort": 22, "toPort": 22, "cidrIpv4": None, "cidrIpv6": "2000::/3"},
    ],
)
def test_everybody_reaches_the_load_balancer_only(content: dict[str, Any]) -> None:
    assert ingress(**content)


@pytest.mark.parametrize(
    "content", [{}, {"fromPort": "80", "toPort": "80"}, {"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}]
)
def test_ingress_that_is_right(content: dict[str, Any]) -> None:
    assert not ingress(**content)


def test_inline_ingress_of_every_protocol() -> None:
    rule = {"protocol": "-1", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}
    group = Resource("aws:ec2/securityGroup:SecurityGroup", "subject", {"ingress": [rule]})
    assert violations("security-group-closed", [group])


def test_a_range_that_is_none_is_named() -> None:
    (violation,) = ingress(cidrIpv4="abc")
    assert "abc" in violation.wrong


@pytest.mark.parametrize(
    ("cidrs", "open_"),
    [(_QUARTERS, True), (["0.0.0.0/1"], True), (["203.0.113.0/24", "2001:db8::/32"], False)],
)
def test_the_endpoint_is_judged_by_its_ranges_together(cidrs: list[str], open_: bool) -> None:
    content = changed(CLUSTER, {("vpcConfig", "publicAccessCidrs"): cidrs})
    found = violations("endpoint-restricted", [Resource("aws:eks/cluster:Cluster", "subject", content)])
    assert bool(found) is open_


def test_a_public_acl() -> None:
    acl = Resource("aws:s3/bucketAcl:BucketAcl", "subject", {"acl": "public-read"})
    assert violations("resource-policy-closed", [acl])


@pytest.mark.parametrize(("days", "enough"), [(None, False), ("30", True), ("1", False)])
def test_backup_days_as_text(days: str | None, enough: bool) -> None:
    content = changed(DATABASE, {("backupRetentionPeriod",): days})
    found = violations("database-backups", [Resource("aws:rds/cluster:Cluster", "subject", content)])
    assert (found == []) is enough
