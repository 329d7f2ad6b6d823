"""AWS Budgets, and Cost Explorer's detection of anomalies."""

from emulator.aws.resource_type import Reference, ResourceType, because
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

BUDGET = "aws:budgets/budget:Budget"
SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
_MOST_TOPICS = 1


def _budget_requires(_transaction: Transaction, stored: StoredObject) -> None:
    for notification in stored.inputs.get("notifications") or ():
        topics, emails = (notification.get(key) or [] for key in ("subscriberSnsTopicArns", "subscriberEmailAddresses"))
        if len(topics) > _MOST_TOPICS:
            raise ProviderError("CreationLimitExceededException: a notification has one subscriber of type SNS at most")
        if not topics and not emails:
            raise ProviderError("InvalidParameterException: a notification needs a subscriber")


def _subscription_requires(_transaction: Transaction, stored: StoredObject) -> None:
    immediate = stored.inputs["frequency"] == "IMMEDIATE"
    if any((each["type"] == "SNS") is not immediate for each in stored.inputs["subscribers"]):
        raise ProviderError("ValidationException: SNS subscribers need frequency IMMEDIATE, and others another one")


TYPES = (
    ResourceType(
        type=BUDGET, oracle="AWS::Budgets::Budget", regional=False, name_property="name",
        id=lambda context: f"{context.account}:{context.inputs['name']}", requires=_budget_requires,
        names={"Budget": "", "Budget/BudgetName": "name", "NotificationsWithSubscribers": "notifications",
               "ResourceTags": ""},
        updates_in_place=because("the provider creates and deletes notifications one by one", "notifications"),
        defaults={"limitUnit": "USD"},
        outputs=lambda context: {
            "arn": context.global_arn("budgets", f"budget/{context.inputs['name']}"), "accountId": context.account,
        },
    ),
    ResourceType(
        type=MONITOR, oracle="AWS::CE::AnomalyMonitor", regional=False, name_property="name",
        id=lambda context: context.global_arn("ce", f"anomalymonitor/{context.uuid('id')}"),
        names={"MonitorName": "name", "ResourceTags": ""},
        outputs=lambda context: {"arn": context.id},
    ),
    ResourceType(
        type=SUBSCRIPTION, oracle="AWS::CE::AnomalySubscription",
        regional=False, name_property="name", requires=_subscription_requires,
        id=lambda context: context.global_arn("ce", f"anomalysubscription/{context.uuid('id')}"),
        names={"SubscriptionName": "name", "MonitorArnList": "monitorArnLists", "ResourceTags": "", "Threshold": ""},
        outputs=lambda context: {"arn": context.id, "accountId": context.account},
        references=(Reference("monitorArnLists", MONITOR, "arn"),),
    ),
)  # fmt: skip
