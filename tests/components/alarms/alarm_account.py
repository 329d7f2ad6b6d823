"""A simulated account with the topics and alarms of the program, without the rest of a stack."""

from pathlib import Path
from typing import Any

from emulator.aws.tokens import ALARM, KEY, SUBSCRIPTION, TOPIC, TOPIC_POLICY
from emulator.store import Store, StoredObject
from tests.components.program import Deployed

PLACE = "ap-northeast-2:123456789012"


def deployed_to(folder: Path, deployed: Deployed, stack: str) -> Store:
    """The account, with what the program registered for the stack."""
    store = Store(folder / "aws.sqlite")
    key_policy = next(
        key.inputs["policy"] for key in deployed.of(KEY) if key.name in ("encryption-logs-key", "encryption-stack-key")
    )
    with store.transaction() as account:
        for topic in deployed.of(TOPIC):
            arn, key_arn = f"arn:aws:sns:{PLACE}:{topic.inputs['name']}", topic.inputs["kmsMasterKeyId"]
            account.put(_object(TOPIC, arn, stack, {**topic.inputs, "arn": arn}))
            account.put(_object(KEY, key_arn, stack, {"arn": key_arn, "policy": key_policy}))
        for policy in deployed.of(TOPIC_POLICY):
            account.put(_object(TOPIC_POLICY, policy.inputs["arn"], stack, policy.inputs))
        for subscription in deployed.of(SUBSCRIPTION):
            account.put(_object(SUBSCRIPTION, subscription.name, stack, subscription.inputs))
        for alarm in deployed.of(ALARM):
            name = alarm.inputs["name"]
            account.put(
                _object(ALARM, name, stack, {**alarm.inputs, "arn": f"arn:aws:cloudwatch:{PLACE}:alarm:{name}"})
            )
    return store


def _object(type_: str, id_: str, stack: str, outputs: Any) -> StoredObject:
    return StoredObject(type_, id_, urn=f"urn:pulumi:{stack}::openmarket::{type_}::{id_}", outputs=outputs)
