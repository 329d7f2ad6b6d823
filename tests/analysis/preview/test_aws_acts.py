"""What AWS does by itself is told with its author and the next step, and nothing else is taken for it."""

import json
from typing import Any

import pytest

from analysis.preview.aws_acts import act_of_aws
from analysis.preview.drift import explained, found

EKS, AURORA, POLICY = "aws:eks/cluster:Cluster", "aws:rds/cluster:Cluster", "aws:s3/bucketPolicy:BucketPolicy"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
OWN = {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*"}
DELIVERY = {
    "Sid": "AWSLogDeliveryWrite1", "Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"},
    "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/cloudfront/AWSLogs/123456789012/CloudFront/*",
}  # fmt: skip


def policy(*statements: dict[str, Any]) -> dict[str, str]:
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": statements})}


def test_an_upgraded_control_plane_names_the_key_to_change() -> None:
    told = act_of_aws(EKS, {"version": "1.36"}, {"version": "1.37"})
    assert "from 1.36 to 1.37, by EKS at the end of the version's support or by hand" in told
    assert '`openmarket:cluster.version` to "1.37"' in told


def test_an_upgraded_database_names_the_key_to_change() -> None:
    before, after = "8.0.mysql_aurora.3.9.0", "8.0.mysql_aurora.3.10.4"
    told = act_of_aws(AURORA, {"engineVersion": before}, {"engineVersion": after})
    assert f"`openmarket:database.engineVersion` to {after}" in told
    assert act_of_aws(AURORA, {"engineVersion": after}, {"engineVersion": before}) == ""


def test_an_upgraded_cache_names_the_keys_to_change() -> None:
    old, new = {"engine": "valkey", "engineVersion": "8.1"}, {"engine": "valkey", "engineVersion": "8.2"}
    told = act_of_aws(CACHE, old, new)
    assert "from valkey 8.1 to valkey 8.2, by ElastiCache or by hand" in told
    assert 'set `openmarket:cache.engineVersion` to "8.2", and' in told
    assert act_of_aws(CACHE, new, old) == ""
    redis = {"engine": "redis", "engineVersion": "7.1"}
    assert 'set `openmarket:cache.engine` to valkey, `openmarket:cache.engineVersion` to "8.1"' in act_of_aws(
        CACHE, redis, old
    )
    assert act_of_aws(CACHE, old, redis) == ""


@pytest.mark.parametrize(
    ("before", "after", "theirs"),
    [
        (policy(OWN), policy(OWN, DELIVERY), True),
        (policy(OWN), policy(DELIVERY), False),
        (policy(OWN), policy(OWN, DELIVERY, OWN | {"Effect": "Allow"}), False),
        (policy(OWN), policy(OWN, DELIVERY | {"Principal": "*"}), False),
        (policy(OWN), policy(OWN, DELIVERY | {"Principal": {"Service": "logging.s3.amazonaws.com"}}), False),
        (policy(OWN), {"policy": "{"}, False),
        (policy(OWN, DELIVERY), policy(OWN), False),
    ],
)
def test_the_statement_of_log_delivery_and_no_other(before: Any, after: Any, theirs: bool) -> None:
    told = act_of_aws(POLICY, before, after)
    assert ("a repair takes it out" in told) is theirs


@pytest.mark.parametrize("type_", [EKS, AURORA, CACHE, "aws:s3/bucket:Bucket"])
def test_other_changes_are_nobodys_in_particular(type_: str) -> None:
    assert act_of_aws(type_, {"tags": {"a": "1"}}, {"tags": {}}) == ""


def test_it_reaches_the_listed_difference() -> None:
    urn = f"urn:pulumi:dev::openmarket::{EKS}::cluster-eks"
    states = [{"urn": urn, "type": EKS, "custom": True, "inputs": {"version": each}} for each in ("1.36", "1.37")]
    (difference,), _ = explained(found([{"op": "refresh", "urn": urn, "old": states[0], "new": states[1]}]), [])
    assert "was upgraded from 1.36 to 1.37" in difference.act
    assert difference.paths == ("version",)
