"""Implements the emulator's `aws sns publish`."""

import argparse
import json
import uuid

from emulator.aws import messages
from emulator.store import Store


def publish(store: Store, arguments: argparse.Namespace) -> str:
    """Hand a message of the caller's to a topic. Whether the caller may is checked before."""
    with store.transaction() as account:
        messages.publish(account, arguments.topic_arn, None, arguments.subject, arguments.message)
    return json.dumps({"MessageId": str(uuid.uuid4())})
