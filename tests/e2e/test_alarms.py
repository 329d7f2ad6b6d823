"""Alarms on the real engine: they know their load balancer, tell their topics, change nothing later, and go."""

import json
import sys
from pathlib import Path

import pytest

from emulator.aws.tokens import ALARM, LOAD_BALANCER, TOPIC
from emulator.store import Store
from tests.e2e.checkout import Checkout
from tests.webhook import webhook

pytestmark = pytest.mark.e2e


def test_alarms_watch_the_load_balancer_that_the_controller_made(deployed: Checkout) -> None:
    store = Store(deployed.path / ".emulator" / "aws.sqlite")
    (balancer,) = store.find(LOAD_BALANCER)
    watched = {
        alarm.outputs["dimensions"]["LoadBalancer"]
        for alarm in store.find(ALARM)
        if alarm.outputs.get("namespace") == "AWS/ApplicationELB"
    }
    (name,) = watched
    assert name.startswith(f"app/{balancer.id}/")


def test_a_metric_sets_an_alarm_off_and_its_topic_gets_a_message(deployed: Checkout) -> None:
    said = deployed.emulator("metric", "AWS/RDS/CPUUtilization", "99", "--stack", "dev").stdout
    assert "openmarket-dev-database-cpu: INSUFFICIENT_DATA -> ALARM" in said
    messages = json.loads(deployed.emulator("messages", "openmarket-dev-alarms-warning", "--json").stdout)
    assert '"openmarket-dev-database-cpu"' in messages[-1]["subject"]
    assert "docs/runbook.md#database-cpu" in messages[-1]["text"]
    said = deployed.emulator("metric", "AWS/ApplicationELB/HealthyHostCount", "0", "--stack", "dev").stdout
    assert "openmarket-dev-no-healthy-target: INSUFFICIENT_DATA -> ALARM" in said
    assert json.loads(deployed.emulator("messages", "openmarket-dev-alarms-critical", "--json").stdout)


def test_topics_are_outputs(deployed: Checkout) -> None:
    store = Store(deployed.path / ".emulator" / "aws.sqlite")
    assert set(deployed.outputs("dev")["alarm_topics"].values()) == {topic.id for topic in store.find(TOPIC)}


def test_an_alarm_reaches_the_chat_at_the_address_in_the_secret(deployed: Checkout, tmp_path: Path) -> None:
    look = ("run", "--stack", "dev", "--", sys.executable, "-m", "ops", "doctor", "--stack", "dev", "--json")
    with deployed.configured("dev", "alarms", chatWebhook=True), webhook(tmp_path) as chat:
        told = deployed.make("up", "STACK=dev")
        assert "The chat gets alarms once its address is set: write the values of url as JSON into chat-webhook" in told
        deployed.up("dev", "--expect-no-changes")
        trusting = {"SSL_CERT_FILE": str(chat.authority)}
        failed = deployed.emulator(
            "metric", "AWS/RDS/DatabaseConnections", "9999", "--stack", "dev", env=trusting
        ).stdout
        assert "openmarket-dev-database-connections" in failed
        said = deployed.emulator("metric", "AWS/Lambda/AsyncEventsDropped", "0", "--stack", "dev", env=trusting).stdout
        assert "openmarket-dev-chat-webhook-failed: ALARM -> OK" in said, "without an address, the function fails"
        (finding,) = json.loads(deployed.emulator(*look, check=False).stdout)["findings"]
        assert finding["kind"] == "UnsetWebhook"
        file = deployed.path / "chat-webhook.json"
        file.write_text(json.dumps({"url": chat.address}))
        deployed.run("sh", "-c", finding["next"].partition(" -- ")[2])
        deployed.emulator("metric", "AWS/RDS/CPUUtilization", "1", "--stack", "dev", env=trusting)
        deployed.emulator("metric", "AWS/RDS/CPUUtilization", "99", "--stack", "dev", env=trusting)
        assert chat.posted[-1]["text"].startswith("*ALARM: openmarket-dev-database-cpu*\nA database instance")
        assert "docs/runbook.md#database-cpu" in chat.posted[-1]["text"]
        topic = deployed.outputs("dev")["alarm_topics"]["critical"]
        words = ("aws", "sns", "publish", "--topic-arn", topic, "--subject", "FIRING: Restarts in shop")
        deployed.run(*words, "--message", "2 pods restart", env=trusting)
        assert chat.posted[-1] == {"text": "*FIRING: Restarts in shop*\n2 pods restart"}
        assert json.loads(deployed.emulator(*look, check=False).stdout)["findings"] == []
        kept = [*(deployed.path / ".emulator" / "logs").rglob("*"), *deployed.path.glob("Pulumi.*")]
        assert not [file for file in kept if file.is_file() and chat.address.encode() in file.read_bytes()]
    deployed.up("dev")
    store = Store(deployed.path / ".emulator" / "aws.sqlite")
    assert not [each for each in store.find() if "lambda" in each.type]
