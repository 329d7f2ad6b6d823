"""Queues and target groups: what KEDA asks AWS about."""

import json
from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import alarms, cli, load_balancers, queues, target_groups
from emulator.plugins.provider import ProviderError

GROUP = "targetgroup/k8s-shop-web-0123456789/fedcba9876543210"
GROUP_ARN = f"arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:{GROUP}"
TAGS = {"elbv2.k8s.aws/cluster": "shop", "ingress.k8s.aws/resource": "ns/shop-web:80"}
RESOURCES = "aws:resourcegroupstaggingapi/getResources:getResources"


def sqs(account: Account, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert cli.main(["sqs", *words], lambda: account.store) == 0
    said = capsys.readouterr().out
    return json.loads(said) if said.strip() else {}


def test_messages_that_are_taken_are_in_the_queue_until_they_are_deleted(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    url = sqs(account, capsys, "create-queue", "--queue-name", "orders")["QueueUrl"]
    at = ("--queue-url", url)
    for body in ("first", "second"):
        sqs(account, capsys, "send-message", *at, "--message-body", body)
    assert queues.lengths(account.store, url) == (2, 0)
    (message,) = sqs(account, capsys, "receive-message", *at)["Messages"]
    assert message["Body"] == "first"
    assert queues.lengths(account.store, url) == (1, 1)
    sqs(account, capsys, "delete-message", *at, "--receipt-handle", message["ReceiptHandle"])
    assert queues.lengths(account.store, url) == (1, 0)
    sqs(account, capsys, "create-queue", "--queue-name", "orders")
    assert queues.lengths(account.store, url) == (1, 0), "the same one"
    sqs(account, capsys, "purge-queue", *at)
    assert sqs(account, capsys, "receive-message", *at) == {}
    sqs(account, capsys, "delete-queue", *at)
    with pytest.raises(ProviderError, match="NonExistentQueue"):
        queues.lengths(account.store, url)
    assert cli.main(["sqs", "purge-queue", *at], lambda: account.store) == cli.CLIENT_ERROR


def test_a_target_group_is_found_by_its_tags_and_has_metrics_of_its_own(account: Account) -> None:
    network = networks.build(account)
    load_balancers.create(
        account.store, "k8s-shop", "internet-facing", network.public, [], {}, target_groups={GROUP_ARN: TAGS}
    )
    asked = {
        "resourceTypeFilters": [target_groups.TYPE],
        "tagFilters": [{"key": k, "values": [v]} for k, v in TAGS.items()],
    }
    found = account.provider.invoke(RESOURCES, asked)["resourceTagMappingLists"]
    assert [each["resourceArn"] for each in found] == [GROUP_ARN]
    other = asked | {"tagFilters": [{"key": "ingress.k8s.aws/resource", "values": ["ns/shop-web:81"]}]}
    assert account.provider.invoke(RESOURCES, other)["resourceTagMappingLists"] == []

    dimensions = {"LoadBalancer": "app/k8s-shop/1", "TargetGroup": GROUP}
    assert target_groups.metric(account.store, "RequestCount", dimensions) is None
    given = {"TargetGroup": GROUP}
    assert alarms.put(account.store, target_groups.NAMESPACE, "RequestCount", 600, given) == []
    assert target_groups.metric(account.store, "RequestCount", dimensions) == 600
    assert target_groups.metric(account.store, "RequestCount", dimensions | {"LoadBalancer": "app/other/1"}) is None
    with pytest.raises(LookupError, match="no alarm watches"):
        alarms.put(account.store, target_groups.NAMESPACE, "RequestCount", 600, {"TargetGroup": "targetgroup/other/1"})
    # A change of the load balancer keeps what was counted.
    load_balancers.create(
        account.store, "k8s-shop", "internet-facing", network.public, [], {"a": "b"}, target_groups={GROUP_ARN: TAGS}
    )
    assert target_groups.metric(account.store, "RequestCount", dimensions) == 600
