"""A chat as a receiver: what is posted, where the address comes from, and who may read it."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from components.alarms import chat_function
from emulator.aws.iam import as_list
from tests.components.program import PROJECT, Deployed, with_settings
from tests.webhook import Webhook, webhook

NAME = "openmarket-dev-chat-webhook"
ALARM = {
    "AlarmName": "openmarket-dev-database-cpu",
    "AlarmDescription": "The database is busy. docs/runbook.md#database-cpu",
    "NewStateValue": "ALARM",
    "OldStateValue": "OK",
    "NewStateReason": "Threshold Crossed: the datapoint 99 was greater than the threshold (80).",
    "Trigger": {"MetricName": "CPUUtilization"},
}


@pytest.fixture(scope="module")
def chatty() -> Deployed:
    return with_settings("alarms", chatWebhook=True)


@pytest.fixture
def chat(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    with webhook(tmp_path) as there:
        monkeypatch.setenv("SSL_CERT_FILE", str(there.authority))
        monkeypatch.setenv("SECRET", NAME)
        yield there


class SecretsManager:
    """Secrets Manager with one secret."""

    def __init__(self, value: str) -> None:
        self.value = value

    def client(self, service: str) -> "SecretsManager":
        assert service == "secretsmanager"
        return self

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        assert SecretId == NAME
        return {"SecretString": self.value}


def event(subject: str, message: str) -> dict[str, Any]:
    return {"Records": [{"Sns": {"Subject": subject, "Message": message}}]}


def test_an_alarm_is_its_state_name_meaning_and_reason() -> None:
    assert chat_function.text("ignored", json.dumps(ALARM)) == (
        "*ALARM: openmarket-dev-database-cpu*\nThe database is busy. docs/runbook.md#database-cpu\n"
        "Threshold Crossed: the datapoint 99 was greater than the threshold (80)."
    )


@pytest.mark.parametrize("message", ["2 pods restart\nnamespace=shop\n", '"2 pods"', "[1]"])
def test_what_is_no_alarm_of_cloudwatch_is_posted_as_it_is(message: str) -> None:
    assert chat_function.text("FIRING: Restarts", message) == f"*FIRING: Restarts*\n{message.strip()}"


def test_members_of_other_messages_are_a_line_each() -> None:
    said = chat_function.text("AWS Cost Management", '{"anomalyId":"1","impact":{"totalImpact":9}}')
    assert said.splitlines()[1:4] == ["{", '  "anomalyId": "1",', '  "impact": {']


def test_a_message_needs_no_subject() -> None:
    assert chat_function.text("", "2 pods restart") == "2 pods restart"


def test_a_chat_gets_no_more_than_it_takes() -> None:
    assert len(chat_function.text("long", "x" * 100_000)) == 3000


def test_it_posts_json_with_a_text(chat: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_function, "boto3", SecretsManager(json.dumps({"url": chat.address})))
    chat_function.handler(event("subject", "hello"), None)
    assert chat.posted == [{"text": "*subject*\nhello"}]


@pytest.mark.parametrize(
    "value",
    ["", "https://chat.example/T0", '{"uri": "https://chat.example"}', '{"url": "file:///etc/passwd"}', "[]"],
)
def test_a_secret_without_an_address_is_an_error_that_does_not_show_it(
    chat: Webhook, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr(chat_function, "boto3", SecretsManager(value))
    with pytest.raises(RuntimeError) as refused:
        chat_function.handler(event("subject", "hello"), None)
    assert str(refused.value) == f'the secret {NAME} is not a JSON object such as {{"url": "https://..."}}'


@pytest.mark.parametrize(
    ("address", "said"),
    [("", "the chat answered 404 Not Found"), ("https://127.0.0.1:1/secret", "URLError"), ("https://a b/c", "Invalid")],
)
def test_what_fails_names_no_part_of_the_address(
    chat: Webhook, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    chat.status = 404
    value = json.dumps({"url": address or chat.address})
    monkeypatch.setattr(chat_function, "boto3", SecretsManager(value))
    with pytest.raises(RuntimeError, match=said) as failed:
        chat_function.handler(event("subject", "hello"), None)
    assert "secret" not in str(failed.value)
    assert failed.value.__suppress_context__


@pytest.mark.parametrize("status", [301, 302, 303, 307])
def test_a_redirect_has_not_taken_the_message(chat: Webhook, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    chat.status = status
    monkeypatch.setattr(chat_function, "boto3", SecretsManager(json.dumps({"url": chat.address})))
    with pytest.raises(RuntimeError, match=f"the chat answered {status}"):
        chat_function.handler(event("subject", "hello"), None)


def test_the_function_is_the_file_and_needs_what_lambda_has(chatty: Deployed) -> None:
    function = chatty.one("lambda/function:Function").inputs
    assert function["name"] == NAME
    assert function["handler"] == "chat_function.handler"
    (asset,) = function["code"].assets.values()
    assert asset.text == (PROJECT / "components" / "alarms" / "chat_function.py").read_text()
    lines = [line for line in asset.text.splitlines() if line.startswith(("import ", "from "))]
    packages = {line.split()[1].partition(".")[0] for line in lines}
    assert packages - sys.stdlib_module_names == {"boto3"}


def test_it_is_called_by_the_topics_of_alarms_only(chatty: Deployed) -> None:
    arns = {topic.outputs["arn"] for topic in chatty.of("sns/topic:Topic")}
    assert {each.inputs["sourceArn"] for each in chatty.of("lambda/permission:Permission")} == arns
    found = chatty.of("TopicSubscription")
    assert {each.inputs["topic"] for each in found} == arns
    for each in found:
        assert each.inputs["endpoint"] == chatty.one("lambda/function:Function").outputs["arn"]
        assert each.name.replace("subscription", "permission") in chatty.dependencies(each.name)


def test_its_role_reads_one_secret_and_writes_one_log(chatty: Deployed) -> None:
    assert {"chat-function-chat-address-read", "chat-function-write-log"} <= chatty.waits_for("chat-function")
    allowed = {
        (action, resource)
        for policy in chatty.of("iam/rolePolicy:RolePolicy")
        if policy.name.startswith("chat-")
        for statement in json.loads(policy.inputs["policy"])["Statement"]
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }
    assert {action for action, _ in allowed} == {
        *("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "kms:Decrypt"),
        *("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
    }
    assert not [resource for _, resource in allowed if resource == "*"]
    log = chatty.one("cloudwatch/logGroup:LogGroup", "chat-log").inputs
    assert log["retentionInDays"]
    assert log["kmsKeyId"]


def test_the_secret_has_no_value(chatty: Deployed) -> None:
    secret = chatty.one("secretsmanager/secret:Secret", "chat-address-secret")
    assert secret.inputs["name"] == NAME
    assert "set by hand: a JSON object with url" in secret.inputs["description"]
    assert not [each for each in chatty.of("SecretVersion") if "chat" in each.name]


def test_the_alarm_about_it_does_not_tell_when_it_is_over(chatty: Deployed) -> None:
    alarm = chatty.one("cloudwatch/metricAlarm:MetricAlarm", "alarms-chat-webhook-failed").inputs
    assert alarm["dimensions"] == {"FunctionName": NAME}
    assert alarm["alarmActions"]
    assert not alarm["okActions"]


def test_without_it_there_is_nothing_of_it(dev: Deployed) -> None:
    assert not [each for each in dev.resources if "chat" in each.name or "lambda" in each.type]
