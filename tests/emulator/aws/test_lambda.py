"""Functions that topics call: their code runs, with what their role may do and no more."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests
from aws_account import Account

from emulator.aws import alarms, messages
from emulator.aws.role_endpoint import serving
from emulator.aws.tokens import ALARM, FUNCTION, FUNCTION_PERMISSION, ROLE, ROLE_POLICY, SUBSCRIPTION, TOPIC
from emulator.aws.types.secretsmanager import SECRET, VERSION
from emulator.plugins.provider import ProviderError

SOURCE = """
import json, os, boto3
def handler(event, context):
    print(event["Records"][0]["Sns"]["Message"], os.environ["SECRET"])
    print(boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET"])["SecretString"])
"""
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def role(account: Account, *actions: str, trusted: str = "lambda.amazonaws.com") -> str:
    trust = {"Statement": [TRUST | {"Principal": {"Service": trusted}}]}
    made = account.create(ROLE, name="poster", assumeRolePolicy=json.dumps(trust))
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    account.create(ROLE_POLICY, role=made["id"], name="it", policy=json.dumps({"Statement": [allowed]}))
    return str(made["arn"])


def function(account: Account, role_arn: str, source: str = SOURCE, **inputs: Any) -> Mapping[str, Any]:
    settings = {"runtime": "python3.13", "handler": "post.handler", "timeout": 20, **inputs}
    code = {"assets": {"post.py": {"text": source}}}
    variables = {"variables": {"SECRET": "address"}}
    return account.create(FUNCTION, name="poster", role=role_arn, code=code, environment=variables, **settings)


def subscribed(account: Account, made: Mapping[str, Any], permission: Mapping[str, Any] | None = None) -> str:
    """A topic that the function reads, with a secret that it may read."""
    topic = str(account.create(TOPIC, name="calls")["arn"])
    if permission is not None:
        inputs = {"action": "lambda:InvokeFunction", "principal": "sns.amazonaws.com", "sourceArn": topic}
        account.create(FUNCTION_PERMISSION, function=made["name"], **{**inputs, **permission})
    account.create(SUBSCRIPTION, topic=topic, protocol="lambda", endpoint=made["arn"])
    secret = account.create(SECRET, name="address", recoveryWindowInDays=0)
    account.create(VERSION, secretId=secret["id"], secretString="the value")
    return topic


def publish(account: Account, topic: str) -> None:
    with account.store.transaction() as transaction:
        messages.publish(transaction, topic, None, "subject", "hello")
    alarms.run_functions(account.store)


def log(account: Account) -> list[str]:
    file = account.store.folder / "logs" / "aws-lambda-poster.log"
    return file.read_text().splitlines() if file.exists() else []


def test_a_message_runs_the_code_with_the_permissions_of_its_role(account: Account) -> None:
    made = function(account, role(account, "secretsmanager:GetSecretValue", "logs:PutLogEvents"))
    publish(account, subscribed(account, made, {}))
    assert log(account) == ["hello address", "the value"]


def test_what_the_role_may_not_read_is_an_error_that_an_alarm_sees(account: Account) -> None:
    topic = subscribed(account, function(account, role(account, "logs:PutLogEvents")), {})
    account.create(
        ALARM, name="failed", namespace="AWS/Lambda", metricName="AsyncEventsDropped",
        dimensions={"FunctionName": "poster"}, statistic="Sum", period=60, evaluationPeriods=1,
        comparisonOperator="GreaterThanThreshold", threshold=0.0,
    )  # fmt: skip
    publish(account, topic)
    assert "AccessDeniedException" in log(account)[-1]
    assert alarms.state(account.store, "failed") == alarms.ALARMED


def test_a_role_that_may_not_write_logs_leaves_none(account: Account) -> None:
    publish(account, subscribed(account, function(account, role(account, "secretsmanager:GetSecretValue")), {}))
    assert log(account) == []


@pytest.mark.parametrize(
    "permission",
    [
        None,
        {"principal": "events.amazonaws.com"},
        {"action": "lambda:GetFunction"},
        {"sourceArn": "arn:aws:sns:ap-northeast-2:123456789012:other"},
    ],
)
def test_who_may_not_call_a_function_does_not(account: Account, permission: Mapping[str, Any] | None) -> None:
    made = function(account, role(account, "secretsmanager:GetSecretValue", "logs:PutLogEvents"))
    publish(account, subscribed(account, made, permission))
    assert log(account) == []


def test_a_function_in_another_language_is_an_error(account: Account) -> None:
    made = function(account, role(account, "logs:PutLogEvents"), runtime="nodejs22.x")
    topic = subscribed(account, made, {})
    publish(account, topic)
    assert log(account) == []


def test_whoever_has_not_the_functions_key_is_answered_nothing(account: Account) -> None:
    with serving(account.store, "arn:aws:iam::123456789012:role/poster") as (address, key):
        answers = [
            requests.post(address, "{}", headers={"Authorization": f"Credential={each}/"}, timeout=5).json()["__type"]
            for each in ("another", key)
        ]
    assert answers == ["UnrecognizedClientException", "UnknownOperationException"]


def test_permissions_go_with_their_function(account: Account) -> None:
    made = function(account, role(account))
    subscribed(account, made, {})
    account.delete(FUNCTION, made["id"])
    assert account.store.find(FUNCTION_PERMISSION) == []


def test_a_role_has_to_trust_lambda(account: Account) -> None:
    with pytest.raises(ProviderError, match="cannot be assumed by Lambda"):
        function(account, role(account, trusted="ec2.amazonaws.com"))


def test_a_package_needs_a_handler(account: Account) -> None:
    with pytest.raises(ProviderError, match="Runtime and Handler are mandatory"):
        function(account, role(account), handler=None)
