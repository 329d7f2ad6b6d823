"""Every alarm: a metric that breaks its threshold reaches the people on call, and they can look up what to do."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.alarms import stores, topics
from components.alarms.definition import Comparison
from components.config import DatabaseConfig
from emulator.aws import alarms, messages
from emulator.store import Store
from ops.alarm import KINDS
from tests.components.alarms.alarm_account import deployed_to
from tests.components.kinds import with_kinds
from tests.components.program import ALB, PROJECT, STACKS, Deployed, Registered, run_program, stack_file, with_settings

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
RUNBOOK = (PROJECT / "docs" / "runbook.md").read_text()
ON_CALL = "oncall@openmarket.example.com"


def told(stack: str) -> Deployed:
    """The stack, with somebody who is on call."""
    return with_settings("alarms", stack, emails=[ON_CALL])


def broken(inputs: Mapping[str, Any]) -> float:
    """A value that breaks the threshold, if only just."""
    threshold = inputs["threshold"]
    return {
        Comparison.ABOVE: threshold + 0.5, Comparison.AT_LEAST: threshold, Comparison.BELOW: threshold - 0.5,
    }[Comparison(inputs["comparisonOperator"])]  # fmt: skip


def kept(inputs: Mapping[str, Any]) -> float:
    """A value that just does not."""
    threshold = inputs["threshold"]
    return threshold - 0.5 if inputs["comparisonOperator"] == Comparison.AT_LEAST else threshold


def kind(alarm: Registered) -> str:
    """The anchor that the alarm's description links to."""
    return alarm.inputs["alarmDescription"].rpartition("#")[2]


@pytest.fixture(scope="module")
def on_call() -> dict[str, Deployed]:
    return {stack: told(stack) for stack in STACKS}


@pytest.mark.parametrize("stack", STACKS)
def test_a_broken_threshold_reaches_the_receiver(stack: str, on_call: dict[str, Deployed], tmp_path: Path) -> None:
    found = on_call[stack].of(ALARM)
    assert len(found) > 20
    for alarm in found:
        folder = tmp_path / alarm.name
        check_reaches_the_receiver(alarm, stack, deployed_to(folder, on_call[stack], stack))


def check_reaches_the_receiver(alarm: Registered, stack: str, store: Store) -> None:
    """Break the alarm's threshold and keep it again, and look at what the people on call get."""
    physical = alarm.inputs["name"]
    watches = {watch.id: watch for stored in store.find() if stored.id == physical for watch in alarms.watched(stored)}
    whole = watches.pop("whole", None)
    (watch,) = watches.values()
    scale = 1.0
    if whole:  # a share of enough requests
        alarms.put(store, whole.namespace, whole.name, 1000, whole.dimensions, stack)
        scale = 10.0

    def put(value: float) -> None:
        if "GROUP BY" in str(alarm.inputs.get("metricQueries")):
            for number in range(1, int(alarm.inputs["threshold"]) + 1):
                group = {"TargetGroup": f"targetgroup/{number}"}
                alarms.put(store, watch.namespace, watch.name, number <= value, {**watch.dimensions, **group}, stack)
            return
        found = alarms.put(store, watch.namespace, watch.name, value * scale, watch.dimensions, stack)
        assert [change.failures for change in found if change.alarm == physical] in ([], [()])

    put(kept(alarm.inputs))
    assert alarms.state(store, physical) == alarms.OK
    quiet = len(messages.received(store))
    put(broken(alarm.inputs))
    assert alarms.state(store, physical) == alarms.ALARMED
    (message,) = [each for each in messages.received(store)[quiet:] if f'"{physical}"' in each.subject]
    assert message.subject.startswith("ALARM:")
    assert message.receivers == [f"email {ON_CALL}"]
    assert message.topic == str(alarm.inputs["alarmActions"][0]).rpartition(":")[2]
    assert alarm.inputs["alarmDescription"] in message.text
    put(kept(alarm.inputs))
    assert messages.received(store)[-1].subject.startswith("OK:")


def test_of_few_requests_a_failed_one_is_no_alarm(on_call: dict[str, Deployed], tmp_path: Path) -> None:
    store = deployed_to(tmp_path, on_call["dev"], "dev")
    alarms.put(store, "AWS/ApplicationELB", "RequestCount", 19)
    alarms.put(store, "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", 19)
    assert alarms.state(store, "openmarket-dev-service-errors") == alarms.OK
    alarms.put(store, "AWS/ApplicationELB", "RequestCount", 20)
    assert alarms.state(store, "openmarket-dev-service-errors") == alarms.ALARMED


def test_one_target_group_without_a_healthy_target_is_enough(on_call: dict[str, Deployed], tmp_path: Path) -> None:
    store = deployed_to(tmp_path, on_call["dev"], "dev")
    for group, healthy in (("targetgroup/backend/1", 2), ("targetgroup/frontend/2", 0)):
        alarms.put(store, "AWS/ApplicationELB", "HealthyHostCount", healthy, {"TargetGroup": group})
    assert alarms.state(store, "openmarket-dev-no-healthy-target") == alarms.ALARMED
    alarms.put(store, "AWS/ApplicationELB", "HealthyHostCount", 1, {"TargetGroup": "targetgroup/frontend/2"})
    assert alarms.state(store, "openmarket-dev-no-healthy-target") == alarms.OK


def test_a_target_group_that_reports_nothing_is_one_without_a_healthy_target(
    on_call: dict[str, Deployed], tmp_path: Path
) -> None:
    store = deployed_to(tmp_path, on_call["dev"], "dev")
    alarms.put(store, "AWS/ApplicationELB", "HealthyHostCount", 2, {"TargetGroup": "targetgroup/backend/1"})
    assert alarms.state(store, "openmarket-dev-no-healthy-target") == alarms.ALARMED


def test_silence_is_a_fault_only_after_everything_is_there(prod: Deployed) -> None:
    silent = {each.name for each in prod.of(ALARM) if each.inputs["treatMissingData"] == "breaching"}
    assert silent == {"alarms-no-healthy-target", "alarms-prometheus-silent"}
    wanted = {each.name for each in prod.of("apps/v1:Deployment")} | {"addons-prometheus"}
    for name in silent:
        assert prod.waits_for(name) >= wanted


def test_an_alarm_that_an_idle_stack_would_raise_for_ever_is_not_there() -> None:
    groups = stack_file("dev")["openmarket:cluster"]["nodeGroups"]
    fixed = {name: {**group, "min": group["max"], "desired": group["max"]} for name, group in groups.items()}
    names = {kind(alarm) for alarm in with_settings("cluster", nodeGroups=fixed).of(ALARM)}
    assert "nodes-at-maximum" not in names
    assert "nodes-failed" in names


def test_a_small_cache_node_is_busy_when_one_of_its_processors_is() -> None:
    for node_type, metric, threshold in (
        ("cache.t4g.micro", "CPUUtilization", 45), ("cache.r7g.2xlarge", "EngineCPUUtilization", 90),
    ):  # fmt: skip
        cpu = with_settings("cache", nodeType=node_type).one(ALARM, "alarms-cache-cpu-001").inputs
        assert (cpu["metricName"], cpu["threshold"]) == (metric, threshold)
        assert cpu["dimensions"]["CacheNodeId"] == "0001"


@pytest.mark.parametrize(
    ("instance_class", "most"),
    [
        ("db.t4g.medium", 90),
        ("db.t4g.large", 135),
        ("db.r8g.large", 1000),
        ("db.r6i.32xlarge", 7000),
        ("db.r9.huge", 1000),
    ],
)  # fmt: skip
def test_connections_of_an_instance(instance_class: str, most: int) -> None:
    settings = DatabaseConfig.model_construct(instance_class=instance_class, serverless_capacity=None)
    assert stores.connections(settings) == most


def test_a_secret_that_stays_broken_is_in_every_period(deployed: Deployed) -> None:
    alarm = deployed.one(ALARM, "alarms-secret-not-synced").inputs
    assert alarm["period"] > 7 * 60, "the operator waits as long between two tries"


def test_few_slow_requests_are_no_alarm(deployed: Deployed) -> None:
    assert deployed.one(ALARM, "alarms-slow-requests").inputs["evaluateLowSampleCountPercentiles"] == "ignore"


def test_firewalls_of_stacks_in_one_account_are_told_apart(prod: Deployed) -> None:
    watched = prod.one(ALARM, "alarms-blocked-requests").inputs["dimensions"]["WebACL"]
    assert watched.startswith("openmarket-prod-")
    metrics = {each.inputs["scope"]: each.inputs["visibilityConfig"]["metricName"] for each in prod.of("webAcl:WebAcl")}
    assert metrics["REGIONAL"] == watched
    assert metrics["CLOUDFRONT"] != watched


def test_every_alarm_has_a_section_of_the_runbook_and_every_section_an_alarm() -> None:
    section = re.search(r"\n## An alarm arrived\n(.*?)(\n## |\Z)", RUNBOOK, re.DOTALL)
    assert section
    described = dict(re.findall(r"\n### ([a-z-]+)\n\n(.*?)(?=\n### |\Z)", section[1], re.DOTALL))
    with_chat = with_settings("alarms", chatWebhook=True)
    programs = [*(run_program(stack) for stack in STACKS), run_program("dev", with_kinds()), with_chat]
    kinds = {kind(alarm) for program in programs for alarm in program.of(ALARM)} | set(KINDS)
    assert set(described) == kinds
    for name, text in described.items():
        assert len(text) > 80, name


def test_names_and_texts(deployed: Deployed) -> None:
    found = deployed.of(ALARM)
    assert len({alarm.inputs["name"] for alarm in found}) == len(found)
    for alarm in found:
        meaning = alarm.inputs["alarmDescription"].partition(" docs/runbook.md#")[0]
        assert meaning.endswith(".")
        assert meaning[0].isupper()
        assert len(meaning) <= 140, alarm.name


def test_the_runbook_has_an_address_if_it_is_given() -> None:
    deployed = with_settings("alarms", runbook="https://example.com/runbook")
    for alarm in deployed.of(ALARM):
        assert f" https://example.com/runbook#{kind(alarm)}" in alarm.inputs["alarmDescription"]


def test_the_load_balancer_is_the_one_of_the_ingress(deployed: Deployed) -> None:
    requests = deployed.one(ALARM, "alarms-load-balancer-errors")
    assert requests.inputs["dimensions"] == {"LoadBalancer": ALB}
    assert "shop-ingress-alb" in deployed.waits_for("alarms-load-balancer-errors")
    for name, metric in (("unhealthy-targets", "UnHealthyHostCount"), ("no-healthy-target", "HealthyHostCount")):
        query = deployed.one(ALARM, f"alarms-{name}").inputs["metricQueries"][-1]
        assert f'({metric}) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer, TargetGroup)' in query["expression"]
        assert f" WHERE LoadBalancer = '{ALB}'" in query["expression"]


def test_what_a_stack_does_not_have_has_no_alarm(dev: Deployed, prod: Deployed) -> None:
    in_dev = {kind(alarm) for alarm in dev.of(ALARM)}
    in_prod = {kind(alarm) for alarm in prod.of(ALARM)}
    assert in_dev >= {"database-capacity"}
    assert in_prod >= {"database-storage", "database-replica-lag", "cache-replication", "certificate-expiry"}
    assert not in_dev & {"database-storage", "database-replica-lag", "cache-replication", "blocked-requests"}
    insights = {"pods-pending", "nodes-at-maximum", "secret-not-synced"}
    assert in_dev >= insights
    without = with_settings("addons", containerInsights={"enabled": False, "applicationSignals": False})
    assert not insights & {kind(alarm) for alarm in without.of(ALARM)}
    assert not without.of("LogMetricFilter")


def test_topics_are_encrypted_and_for_this_accounts_alarms_only(deployed: Deployed) -> None:
    for topic in deployed.of("sns/topic:Topic"):
        assert topic.inputs["kmsMasterKeyId"].startswith("arn:aws:kms:")
    for policy in deployed.of("sns/topicPolicy:TopicPolicy"):
        assert '"*"' not in policy.inputs["policy"]
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            assert "123456789012" in str(statement["Condition"])
            assert statement["Action"] == "sns:Publish"
    for alarm in deployed.of(ALARM):
        assert deployed.waits_for(alarm.name) >= {"alarm-topics-critical-policy"} or deployed.waits_for(alarm.name) >= {
            "alarm-topics-warning-policy"
        }


def test_topics_that_exist_are_used_instead() -> None:
    theirs = "arn:aws:sns:ap-northeast-2:123456789012:pager"
    deployed = with_settings("alarms", topics={"critical": theirs, "warning": ""}, emails=[ON_CALL])
    assert [topic.name for topic in deployed.of("sns/topic:Topic")] == ["alarm-topics-warning"]
    assert deployed.one(ALARM, "alarms-service-errors").inputs["alarmActions"] == [theirs]
    assert deployed.outputs["alarm_topics"]["critical"] == theirs
    assert {each.inputs["topic"] for each in deployed.of("TopicSubscription")} >= {theirs}


def test_without_receivers_alarms_are_there_and_nobody_is_told(dev: Deployed, tmp_path: Path) -> None:
    assert not dev.of("TopicSubscription")
    store = deployed_to(tmp_path, dev, "dev")
    alarms.put(store, "AWS/RDS", "CPUUtilization", 99)
    (message,) = messages.received(store)
    assert message.receivers == []


def test_the_secrets_operator_is_watched_in_the_log_that_there_is(deployed: Deployed) -> None:
    count = deployed.one("logMetricFilter:LogMetricFilter")
    groups = {group.inputs["name"] for group in deployed.of("cloudwatch/logGroup:LogGroup")}
    assert count.inputs["logGroupName"] in groups
    assert "addons-insights-application-logs" in deployed.waits_for(count.name)
    alarm = deployed.one(ALARM, "alarms-secret-not-synced")
    assert alarm.inputs["namespace"] == count.inputs["metricTransformation"]["namespace"]
    assert alarm.inputs["metricName"] == count.inputs["metricTransformation"]["name"]


def test_labels_of_addresses() -> None:
    assert topics._label("On.Call+shop@Example.com") == "on-call-shop-example-com"  # pyright: ignore[reportPrivateUsage]
