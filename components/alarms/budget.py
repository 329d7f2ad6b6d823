"""The stack's budget at AWS, which tells of money as alarms tell of failures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pulumi
import pulumi_aws as aws

_SCOPE = "CostCenter"
"""The tag that tells the stacks of an account apart. The account has to activate it as a cost allocation tag."""
_LEAST_ANOMALY_PERCENT = Decimal(5)
"""Percent of the budget that an unexpected cost has to come to before it is told."""


@dataclass(frozen=True)
class BudgetArgs:
    """Inputs of `Budget`."""

    prefix: str
    """The name of the budget and of the subscription."""
    monthly_budget: Decimal
    """USD."""
    tags: Mapping[str, str]
    """The tags of everything that the stack has."""
    topic: pulumi.Input[str]
    """ARN of the SNS topic that is told."""


class Budget(pulumi.ComponentResource):
    """Creates a monthly budget and a monitor for unexpected costs, both of what has the stack's `CostCenter`.

    The topic is told when the forecast for the month is above the budget, when the costs are, and of costs that are
    unlike those of the weeks before.
    """

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:alarms:Budget", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        value = args.tags[_SCOPE]
        aws.budgets.Budget(
            f"{name}-budget",
            name=args.prefix,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{args.monthly_budget:f}",
            limit_unit="USD",
            cost_filters=[aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:{_SCOPE}${value}"])],
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=100,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[args.topic],
                )
                for kind in ("FORECASTED", "ACTUAL")
            ],
            opts=child,
        )
        monitor = aws.costexplorer.AnomalyMonitor(
            # With a generated name: another `CostCenter` takes another monitor, and the provider deletes one of a given
            # name first, while the subscription still has it.
            f"{name}-anomalies",
            # A monitor of all services is the account's, and there can be one only.
            monitor_type="CUSTOM",
            monitor_specification=json.dumps(
                {
                    **dict.fromkeys(("And", "CostCategories", "Dimensions", "Not", "Or")),
                    "Tags": {"Key": _SCOPE, "MatchOptions": None, "Values": [value]},
                }
            ),
            opts=child,
        )
        aws.costexplorer.AnomalySubscription(
            f"{name}-anomalies-told",
            name=args.prefix,
            # SNS is told at once only: https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
            frequency="IMMEDIATE",
            monitor_arn_lists=[monitor.arn],
            subscribers=[aws.costexplorer.AnomalySubscriptionSubscriberArgs(type="SNS", address=args.topic)],
            threshold_expression=aws.costexplorer.AnomalySubscriptionThresholdExpressionArgs(
                dimension=aws.costexplorer.AnomalySubscriptionThresholdExpressionDimensionArgs(
                    key="ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    match_options=["GREATER_THAN_OR_EQUAL"],
                    values=[f"{args.monthly_budget * _LEAST_ANOMALY_PERCENT / 100:.0f}"],
                )
            ),
            opts=child,
        )
        self.register_outputs({})
