"""The commands that give metrics values and show messages."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emulator import alarm_commands
from emulator.__main__ import app
from emulator.aws.tokens import ALARM, SUBSCRIPTION, TOPIC
from emulator.store import Store, StoredObject

TOPIC_ARN = "arn:aws:sns:ap-northeast-2:123456789012:calls"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An account with an alarm of the stack dev, and a topic."""
    store = Store(tmp_path / "aws.sqlite")
    monkeypatch.setattr(alarm_commands, "Store", lambda: store)
    alarm = {
        "namespace": "AWS/RDS", "metricName": "CPUUtilization", "dimensions": {"DBClusterIdentifier": "shop"},
        "comparisonOperator": "GreaterThanThreshold", "threshold": 90.0, "alarmActions": [TOPIC_ARN],
        "arn": "arn:aws:cloudwatch:ap-northeast-2:123456789012:alarm:busy", "alarmDescription": "The database is busy.",
    }  # fmt: skip
    with store.transaction() as account:
        account.put(StoredObject(ALARM, "busy", f"urn:pulumi:dev::shop::{ALARM}::busy", outputs=alarm))
        account.put(StoredObject(TOPIC, TOPIC_ARN, outputs={"name": "calls", "arn": TOPIC_ARN}))
    return store


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, f"{done.output}{done.exception if isinstance(done.exception, SystemExit) else ''}"


def test_a_metric_sets_an_alarm_off_and_its_message_is_there(store: Store) -> None:
    code, said = run("metric", "AWS/RDS/CPUUtilization", "95", "--stack", "dev")
    assert code == 0
    assert "busy: INSUFFICIENT_DATA -> ALARM" in said
    code, said = run("messages")
    assert code == 0
    assert 'ALARM: "busy"' in said
    assert "The database is busy." in said
    assert "to nobody: it has no subscriptions" in said


def test_messages_name_who_got_them(store: Store) -> None:
    with store.transaction() as account:
        reader = {"topic": TOPIC_ARN, "protocol": "email", "endpoint": "oncall@example.com"}
        account.put(StoredObject(SUBSCRIPTION, "one", created=time.time(), outputs=reader))
    run("metric", "AWS/RDS/CPUUtilization", "95", "--dimension", "DBClusterIdentifier=shop", "--stack", "dev")
    assert "to email oncall@example.com" in run("messages", "calls")[1]
    (message,) = json.loads(run("messages", "calls", "--json")[1])
    assert message["receivers"] == ["email oncall@example.com"]
    assert json.loads(message["text"])["NewStateValue"] == "ALARM"


def test_nothing_changes_while_a_threshold_is_kept_on(store: Store) -> None:
    run("metric", "AWS/RDS/CPUUtilization", "95", "--stack", "dev")
    assert "No alarm changes its state." in run("metric", "AWS/RDS/CPUUtilization", "96", "--stack", "dev")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["metric", "CPUUtilization", "95"], "needs NAMESPACE/METRIC"),
        (["metric", "AWS/RDS/CPUUtilization", "95", "--dimension", "shop"], "each --dimension as NAME=VALUE"),
        (["metric", "AWS/RDS/Swap", "95", "--stack", "dev"], "they watch AWS/RDS/CPUUtilization"),
        (["metric", "AWS/RDS/CPUUtilization", "95", "--stack", "prod"], "they watch nothing"),
        (["messages", "pager"], "there is no topic pager; there is calls"),
    ],
)
def test_what_is_not_there_is_said(store: Store, words: list[str], said: str) -> None:
    code, output = run(*words)
    assert code == 1
    assert said in output


def test_no_messages(store: Store) -> None:
    assert run("messages") == (0, "No messages.\n")
    assert store.find(TOPIC)
