"""Implements the emulator's `aws sns publish`."""

import argparse
import json
import uuid

from emulator.aws import alarms, messages
from emulator.store import Store


def publish(store: Store, arguments: argparse.Namespace) -> str:
    """Hand a message to a topic, and run the functions that it calls. Whether the caller may is checked before."""
    with store.transaction() as account:
        messages.publish(account, arguments.topic_arn, None, arguments.subject, arguments.message)
    alarms.run_functions(store)
    return json.dumps({"MessageId": str(uuid.uuid4())})
