"""SNS: topics, their policies, and who reads them."""

from dataclasses import replace
from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, because, named
from emulator.aws.tokens import KEY, SUBSCRIPTION, TOPIC, TOPIC_POLICY
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

_CONFIRMS = ("email", "email-json", "http", "https")
"""Protocols whose endpoints get nothing before somebody confirmed the subscription."""


def _arn(context: Context) -> str:
    return context.arn("sns", str(context.inputs["name"]))


def _subscription_id(context: Context) -> str:
    """SNS answers a second request for the same subscription with the first one's ARN."""
    inputs = context.inputs
    same = replace(context, seed="/".join(str(inputs[each]) for each in ("topic", "protocol", "endpoint")))
    return f"{inputs['topic']}:{same.uuid('id')}"


def _subscription(context: Context) -> dict[str, Any]:
    return {
        "arn": context.id,
        "ownerId": context.account,
        "pendingConfirmation": context.inputs["protocol"] in _CONFIRMS,
        "confirmationWasAuthenticated": False,
        "filterPolicyScope": "",
    }


def _subscription_requires(_transaction: Transaction, stored: StoredObject) -> None:
    if stored.inputs["protocol"].startswith("email") and "@" not in stored.inputs["endpoint"]:
        raise ProviderError("InvalidParameter: Invalid parameter: Email address")


TYPES = (
    ResourceType(
        type=TOPIC, oracle="AWS::SNS::Topic", id=_arn, name_property="name", unique=("name",),
        names={
            "TopicName": "name", "Subscription": "", "DataProtectionPolicy": "", "DeliveryStatusLogging": "",
            "MaximumMessageSize": "",
        },
        outputs=lambda context: {"arn": context.id, "owner": context.account},
        references=(Reference("kmsMasterKeyId", KEY, "arn", holds=False, external=("alias/",)),),
    ),
    ResourceType(
        type=SUBSCRIPTION, oracle="AWS::SNS::Subscription", taggable=False, outputs=_subscription,
        id=_subscription_id, puts=True, names={"TopicArn": "topic", "Region": ""}, requires=_subscription_requires,
        # A topic takes its subscriptions with it.
        references=(Reference("topic", TOPIC, "arn", holds=False),),
    ),
    ResourceType(
        type=TOPIC_POLICY, oracle="AWS::SNS::TopicPolicy", taggable=False, id=named("arn"), puts=True,
        names={"PolicyDocument": "policy", "Topics": "arn", "Id": ""},
        also_replaces=because("the policy of another topic is another policy", "arn"),
        outputs=lambda context: {"owner": context.account},
        references=(Reference("arn", TOPIC, "arn", holds=False),),
    ),
)  # fmt: skip
