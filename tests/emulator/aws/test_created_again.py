"""A creation that is sent again does what AWS does, and what is imported is found by the id of imports."""

from dataclasses import replace
from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import tokens
from emulator.aws.types.alarms import METRIC_FILTER
from emulator.aws.types.s3 import BUCKET
from emulator.plugins.provider import ProviderError, Resource

ALARM: dict[str, Any] = {
    "name": "full", "metricName": "m", "namespace": "n", "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 1, "threshold": 1,
}  # fmt: skip


def test_aws_puts_what_has_no_call_to_create_it(account: Account) -> None:
    account.create(tokens.ALARM, **ALARM)
    account.create(tokens.ALARM, **ALARM | {"threshold": 2})
    assert [each.outputs["threshold"] for each in account.store.find(tokens.ALARM)] == [2]


def test_a_second_request_for_a_subscription_answers_the_first_one(account: Account) -> None:
    topic = account.create(tokens.TOPIC, name="alarms")["arn"]
    asked = {"topic": topic, "protocol": "email"}
    first, again = (account.create(tokens.SUBSCRIPTION, endpoint="ops@shop.kr", **asked)["arn"] for _ in range(2))
    other = account.create(tokens.SUBSCRIPTION, "other", endpoint="dev@shop.kr", **asked)["arn"]
    assert first == again != other
    assert len(account.store.find(tokens.SUBSCRIPTION)) == 2


def test_two_resources_of_a_program_do_not_take_one_place(account: Account) -> None:
    account.create(tokens.ALARM, **ALARM)
    with pytest.raises(ProviderError, match="exists already"):
        account.create(tokens.ALARM, "another", **ALARM)


def test_what_is_created_is_refused_a_second_time(account: Account) -> None:
    account.create(BUCKET, bucket="shop")
    with pytest.raises(ProviderError, match="exists already"):
        account.create(BUCKET, bucket="shop")


def test_imports_go_by_two_names_and_by_region(account: Account) -> None:
    network = networks.build(account)

    def imported(type_: str, id_: str, **inputs: Any) -> str:
        return account.provider.imported_id(Resource(f"urn::{type_}::it", type_, "it", id_, inputs))

    route = f"{network.private_table}_0.0.0.0/0"
    assert imported(tokens.ROUTE, route) == network.private_route
    association = imported(tokens.ROUTE_TABLE_ASSOCIATION, f"{network.private[0]}/{network.private_table}")
    assert association.startswith("rtbassoc-")
    assert imported(tokens.VPC, f"{network.vpc}@ap-northeast-2", region="ap-northeast-2") == network.vpc
    assert imported(tokens.VPC, network.vpc) == network.vpc
    account.create(tokens.LOG_GROUP, "logs", name="/logs")
    metric = {"name": "m", "namespace": "n", "value": "1"}
    made = account.create(METRIC_FILTER, name="f", logGroupName="/logs", pattern="x", metricTransformation=metric)
    assert imported(METRIC_FILTER, "/logs:f") == made["id"]


def test_an_import_reads_what_is_there(account: Account) -> None:
    vpc = account.create(tokens.VPC, cidrBlock="10.0.0.0/16")
    bare = replace(account.resource(tokens.VPC, vpc["id"]), inputs={}, outputs={})
    found = account.provider.read(bare)
    assert found is not None
    assert found[0]["cidrBlock"] == "10.0.0.0/16"
