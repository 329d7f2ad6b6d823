"""What AWS Budgets and Cost Explorer refuse."""

import pytest
from aws_account import Account

from emulator.plugins.provider import ProviderError

BUDGET = "aws:budgets/budget:Budget"
SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"


def test_aws_takes_one_topic_per_notification(account: Account) -> None:
    notification = {
        "notificationType": "ACTUAL", "comparisonOperator": "GREATER_THAN", "threshold": 100,
        "thresholdType": "PERCENTAGE",
    }  # fmt: skip
    for told, refusal in ((["a", "b"], "one subscriber of type SNS"), ([], "needs a subscriber")):
        with pytest.raises(ProviderError, match=refusal):
            account.create(
                BUDGET, name="shop", budgetType="COST", timeUnit="MONTHLY",
                notifications=[{**notification, "subscriberSnsTopicArns": told}],
            )  # fmt: skip


def test_sns_is_told_of_anomalies_at_once_only(account: Account) -> None:
    monitor = account.create(MONITOR, name="shop", monitorType="DIMENSIONAL", monitorDimension="SERVICE")
    with pytest.raises(ProviderError, match="IMMEDIATE"):
        account.create(
            SUBSCRIPTION, name="shop", frequency="DAILY", monitorArnLists=[monitor["arn"]],
            subscribers=[{"type": "SNS", "address": "arn:aws:sns:us-east-1:123456789012:calls"}],
        )  # fmt: skip
