"""Queues of SQS that somebody else made, and the commands by which people send to them and take from them."""

import argparse
import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.aws.identity import DNS_SUFFIX, PARTITION, Identity
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject, Transaction

QUEUE = "aws:sqs/queue:Queue"
OPTIONS = ("--queue-name", "--queue-url", "--message-body", "--receipt-handle")
"""Options of the commands, beside those of others."""
_VISIBILITY_SECONDS = 30
_GONE = "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist."


def lengths(store: Store, url: str) -> tuple[int, int]:
    """Return how many messages of a queue wait, and how many somebody has taken and not yet deleted.

    Raises:
        ProviderError: There is no such queue.
    """
    queue = store.get(QUEUE, url)
    if queue is None:
        raise ProviderError(_GONE)
    messages = _messages(queue)
    taken = sum(each["visibleFrom"] > time.time() for each in messages)
    return len(messages) - taken, taken


def _create(store: Store, arguments: argparse.Namespace) -> str:
    identity, name = Identity(region=arguments.region), arguments.queue_name
    url = f"https://sqs.{identity.region}.{DNS_SUFFIX}/{identity.account}/{name}"
    arn = f"arn:{PARTITION}:sqs:{identity.region}:{identity.account}:{name}"
    with store.transaction() as transaction:
        if transaction.get(QUEUE, url) is None:
            transaction.put(StoredObject(QUEUE, url, outputs={"arn": arn, "region": identity.region, "messages": []}))
    return json.dumps({"QueueUrl": url})


def _delete(store: Store, arguments: argparse.Namespace) -> str:
    with store.transaction() as transaction:
        _queue(transaction, arguments)
        transaction.remove(QUEUE, arguments.queue_url)
    return ""


def _send(store: Store, arguments: argparse.Namespace) -> str:
    id_ = str(uuid.uuid4())
    with store.transaction() as transaction:
        queue = _queue(transaction, arguments)
        sent = {"id": id_, "body": arguments.message_body, "visibleFrom": 0.0}
        _keep(transaction, queue, [*_messages(queue), sent])
    return json.dumps({"MessageId": id_})


def _receive(store: Store, arguments: argparse.Namespace) -> str:
    """Take the oldest message; the handle of its receipt is its id."""
    with store.transaction() as transaction:
        queue = _queue(transaction, arguments)
        messages = _messages(queue)
        oldest = next((each for each in messages if each["visibleFrom"] <= time.time()), None)
        if oldest is None:
            return ""
        taken = {**oldest, "visibleFrom": time.time() + _VISIBILITY_SECONDS}
        _keep(transaction, queue, [taken if each is oldest else each for each in messages])
    message = {"MessageId": oldest["id"], "ReceiptHandle": oldest["id"], "Body": oldest["body"]}
    return json.dumps({"Messages": [message]})


def _delete_message(store: Store, arguments: argparse.Namespace) -> str:
    with store.transaction() as transaction:
        queue = _queue(transaction, arguments)
        _keep(transaction, queue, [each for each in _messages(queue) if each["id"] != arguments.receipt_handle])
    return ""


def _purge(store: Store, arguments: argparse.Namespace) -> str:
    with store.transaction() as transaction:
        _keep(transaction, _queue(transaction, arguments), [])
    return ""


def _queue(transaction: Transaction, arguments: argparse.Namespace) -> StoredObject:
    queue = transaction.get(QUEUE, arguments.queue_url)
    if queue is None:
        raise ProviderError(_GONE)
    return queue


def _messages(queue: StoredObject) -> Sequence[Mapping[str, Any]]:
    """The messages, the oldest first."""
    return queue.outputs["messages"]


def _keep(transaction: Transaction, queue: StoredObject, messages: Sequence[Mapping[str, Any]]) -> None:
    transaction.put(StoredObject(QUEUE, queue.id, outputs={**queue.outputs, "messages": list(messages)}))


COMMANDS: dict[tuple[str, str], tuple[str, Callable[[Store, argparse.Namespace], str]]] = {
    ("sqs", "create-queue"): ("sqs:CreateQueue", _create),
    ("sqs", "delete-queue"): ("sqs:DeleteQueue", _delete),
    ("sqs", "send-message"): ("sqs:SendMessage", _send),
    ("sqs", "receive-message"): ("sqs:ReceiveMessage", _receive),
    ("sqs", "delete-message"): ("sqs:DeleteMessage", _delete_message),
    ("sqs", "purge-queue"): ("sqs:PurgeQueue", _purge),
}
"""By command, the IAM action that it needs, and what does it."""
