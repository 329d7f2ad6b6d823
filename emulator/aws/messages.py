"""Messages on their way through SNS: who may publish, and who gets them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from emulator.aws import invocations, resource_policies
from emulator.aws.ownership import owner_key
from emulator.aws.tokens import KEY, SUBSCRIPTION, TOPIC, TOPIC_POLICY
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject, Transaction

MESSAGE = "aws:sns/message:Message"
_KEY_USES = ("kms:GenerateDataKey", "kms:Decrypt")


@dataclass(frozen=True)
class Publisher:
    """A service that publishes on behalf of an object of the account's."""

    service: str
    """Such as `cloudwatch.amazonaws.com`."""
    arn: str
    """The object's, such as an alarm's."""


@dataclass(frozen=True)
class Message:
    """A message that a topic took."""

    topic: str
    """The topic's name."""
    time: float
    """Seconds since 1970."""
    subject: str
    text: str
    receivers: Sequence[str]
    """Each with its protocol, such as `email oncall@example.com`."""


def publish(account: Transaction, topic_arn: str, publisher: Publisher | None, subject: str, text: str) -> None:
    """Hand a message to everybody who subscribed to the topic. All of them have confirmed that they want to.

    Functions run when the transaction is over: `alarms.run_functions`.

    Args:
        publisher: None for an identity of the account, whose own policies have been looked at.

    Raises:
        ProviderError: There is no such topic, or its policy or that of its key does not let the service use it.
    """
    topic = account.get(TOPIC, topic_arn)
    if topic is None:
        raise ProviderError(f"NotFound: Topic does not exist: {topic_arn}")
    if publisher:
        _check(account, topic, publisher)
    record = {"TopicArn": topic_arn, "Subject": subject, "Message": text}
    event = {"Records": [{"EventSource": "aws:sns", "Sns": record}]}
    receivers: list[str] = []
    for each in account.find(SUBSCRIPTION, topic=topic_arn):
        protocol, endpoint = str(each.outputs["protocol"]), str(each.outputs["endpoint"])
        if protocol != "lambda" or invocations.call(account, endpoint, "sns.amazonaws.com", topic_arn, event):
            receivers.append(f"{protocol} {endpoint}")
    content = {
        "topic": topic.outputs["name"], "time": time.time(), "subject": subject, "text": text, "receivers": receivers,
    }  # fmt: skip
    number = len(account.find(MESSAGE, ownedBy=owner_key(topic)))
    account.put(
        StoredObject(MESSAGE, f"{topic_arn}/{number:06}", outputs={**content, "ownedBy": owner_key(topic)})
    )  # fmt: skip


def _check(account: Transaction, topic: StoredObject, publisher: Publisher) -> None:
    """Refuse a service that the policy of the topic, or that of its key, does not name."""
    topic_arn, context = topic.id, {
        "aws:SourceArn": publisher.arn, "aws:SourceAccount": publisher.arn.split(":")[4],
    }  # fmt: skip
    policy = account.get(TOPIC_POLICY, topic_arn)
    # Without a policy, a topic is its account's.
    if policy and not resource_policies.allows_service(
        policy.outputs["policy"], publisher.service, "sns:Publish", topic_arn, context
    ):
        raise ProviderError(
            f"AuthorizationError: {publisher.arn} is not authorized to perform: SNS:Publish on resource: {topic_arn}"
        )
    _check_key(account, str(topic.outputs.get("kmsMasterKeyId") or ""), publisher, context)


def received(store: Store, topic: str = "") -> list[Message]:
    """Return what the topic of this name took, or all topics, the oldest first.

    Raises:
        LookupError: There is no topic of that name.
    """
    names = sorted(str(each.outputs["name"]) for each in store.find(TOPIC))
    if topic and topic not in names:
        raise LookupError(f"there is no topic {topic}; there is {', '.join(names) or 'none: deploy a stack first'}")
    found = [
        Message(**{key: value for key, value in each.outputs.items() if key != "ownedBy"})
        for each in store.find(MESSAGE)
    ]
    return sorted((each for each in found if topic in ("", each.topic)), key=lambda each: each.time)


def _check_key(account: Transaction, key_arn: str, publisher: Publisher, context: dict[str, str]) -> None:
    """Refuse what cannot be encrypted: AWS's own key for SNS is for principals of the account, not for services."""
    if not key_arn:
        return
    found = account.find(KEY, arn=key_arn)
    document = str(found[0].outputs.get("policy") or '{"Statement": []}') if found else '{"Statement": []}'
    for action in _KEY_USES:
        if not resource_policies.allows_service(document, publisher.service, action, key_arn, context):
            raise ProviderError(
                f"KMSAccessDenied: {publisher.service} is not authorized to perform: {action} on {key_arn}"
            )
