"""The page about a stack: every section from the stack's state, in an order that headings follow, and no secret."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from analysis.cost.estimating import estimate
from analysis.cost.usage import cost_of
from analysis.exceptions import RuleException
from analysis.preview import State
from ops.__main__ import app
from ops.operate.deployments import parsed
from ops.report.facts import Facts
from ops.report.html import html
from ops.report.sections import page
from tests.ops.operate.conftest import Tools
from tests.ops.operate.samples import operation
from tests.ops.previews import state
from tests.ops.program_states import states as program
from tests.ops.report.reading import Read
from tests.ops.report.test_html import HOSTILE
from tests.ops.stacks import service, stack

SECTIONS = ["picture", "addresses", "versions", "cost", "access", "alarms", "policies", "deployments"]
SECRET = "correct-horse-battery"
ENCRYPTED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": SECRET}
CLUSTER = state("aws:eks/cluster:Cluster", "cluster", version="1.36").model_copy(
    update={"outputs": {"version": "1.36"}}
)


def facts(states: list[State], name: str = "dev", **changed: Any) -> Facts:
    cost = cost_of(name)
    known: dict[str, Any] = {
        "stack": name,
        "now": datetime(2026, 11, 26, 5, tzinfo=UTC),
        "states": states,
        "outputs": {"urls": ["https://shop.test"]},
        "support": {},
        "cost": cost,
        "estimate": estimate(states, cost.usage),
        "exceptions": (),
        "history": list(parsed([operation()])),
    }
    return Facts(**known | changed)


def read(states: list[State], name: str = "dev", **changed: Any) -> Read:
    return Read(html(page(facts(states, name, **changed))))


def alarm(name: str, description: str) -> State:
    return state(
        "aws:cloudwatch/metricAlarm:MetricAlarm", name, name=f"openmarket-dev-{name}", alarmDescription=description,
        comparisonOperator="GreaterThanThreshold", threshold=5.0, evaluationPeriods=3.0,
        alarmActions=["arn:aws:sns:ap-northeast-2:123456789012:openmarket-dev-critical"],
    )  # fmt: skip


@pytest.mark.parametrize("states", [[], stack(), program("prod")], ids=["nothing", "small", "production"])
def test_every_section_is_there_and_headings_are_in_order(states: list[State]) -> None:
    found = read(states)
    ids = found.of("id")
    assert len(ids) == len(set(ids))
    assert [each["id"] for each in found.attributes("section")] == SECTIONS
    assert [each.removeprefix("#") for each in found.of("href") if each.startswith("#")] == SECTIONS
    levels = [int(tag[1]) for tag in found.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_the_page_loads_nothing() -> None:
    found = read(program("prod"), "prod")
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "image", "use"} & set(found.tags)
    assert found.of("src") == []
    content = html(page(facts(program("prod"), "prod")))
    assert "@import" not in content
    assert set(re.findall(r"url\((.)", content)) == {"#"}


def test_what_the_stack_consists_of_is_drawn_and_said_in_words() -> None:
    found = read(stack())
    assert "svg" in found.tags
    index = found.texts.index("Reaches")
    assert found.texts.index("Aurora MySQL") < index
    table = found.texts[index : found.texts.index("Where it answers", index)]
    assert ("api", "Aurora MySQL") in pairwise(table)
    assert ("web", "api") in pairwise(table)


def test_names_and_descriptions_that_are_hostile_stay_texts() -> None:
    hostile = [*service(HOSTILE), alarm(HOSTILE, f"{HOSTILE} docs/runbook.md#a")]
    history = list(parsed([{**operation(), "message": HOSTILE}]))
    found = read(hostile, history=history, outputs={"o": HOSTILE, HOSTILE: "v"})
    assert not {"script", "img"} & set(found.tags)
    assert found.texts.count(HOSTILE) >= 6


def test_an_alarm_says_what_it_means_and_what_to_do() -> None:
    with_page = alarm("b-cpu", "The shop is slow. https://wiki.test/runbook#cpu")
    found = read([alarm("a-5xx", "Customers see errors. docs/runbook.md#5xx"), with_page])
    assert {"a-5xx", "critical", "> 5, 3 times in a row", "Customers see errors.", "docs/runbook.md#5xx"} <= set(
        found.texts
    )
    assert "https://wiki.test/runbook#cpu" in found.of("href")


@pytest.mark.parametrize(("protocol", "by"), [("email", "e-mail"), ("lambda", "chat")])
def test_who_is_told_is_counted_and_not_named(protocol: str, by: str) -> None:
    topic = "arn:aws:sns:ap-northeast-2:123456789012:openmarket-dev-critical"
    told = [
        state("aws:sns/topicSubscription:TopicSubscription", f"s{number}", topic=topic, protocol=protocol,
              endpoint=f"person{number}@shop.test")
        for number in range(2)
    ]  # fmt: skip
    found = read(told)
    index = found.texts.index(by)
    assert found.texts[index - 1 : index + 2] == ["critical", by, "2"]
    assert not [each for each in found.texts if "shop.test" in each and "@" in each]


@pytest.mark.parametrize(
    ("support", "said"),
    [
        ({"1.36": "2026-12-02"}, "2026-12-02, in 6 days"),
        ({"1.36": "2026-11-25"}, "2026-11-25, has ended"),
        ({}, "AWS did not tell"),
    ],
)
def test_versions_have_their_end_of_support(support: dict[str, str], said: str) -> None:
    found = read([CLUSTER], support=support)
    index = found.texts.index("control plane")
    assert found.texts[index + 1 : index + 3] == ["1.36", said]


def test_what_runs_is_told_before_what_was_asked_for() -> None:
    database = state("aws:rds/cluster:Cluster", "db", engine="aurora-mysql", engineVersion="8.0.a")
    patched = database.model_copy(update={"outputs": {"engineVersionActual": "8.0.b", "engineVersion": "8.0.a"}})
    assert "8.0.a" in read([database]).texts
    assert "8.0.a" not in read([patched]).texts
    assert "8.0.b" in read([patched]).texts


@pytest.mark.parametrize(("budget", "said"), [("1", "above the budget of 1.00."), ("9999", "below the budget of")])
def test_the_cost_is_compared_with_the_budget(budget: str, said: str) -> None:
    states = program("prod")
    cost = cost_of("prod").model_copy(update={"monthly_budget": Decimal(budget)})
    found = read(states, "prod", cost=cost)
    total = f"{estimate(states, cost.usage).total:,.2f}"
    assert [each for each in found.texts if total in each and said in each]
    # Of all services, and of all components.
    sums = [found.texts[index + 1] for index, text in enumerate(found.texts) if text == "Total"]
    assert sums == [total, total]


def test_exceptions_have_their_reason_and_their_last_day() -> None:
    days = (date(2026, 11, 25), date(2026, 11, 26))
    accepted = [RuleException("own-key", f"log-{day.day}", ("dev",), "AWS has none.", day) for day in days]
    texts = read([state("aws:cloudwatch/logGroup:LogGroup", "log-25")], exceptions=accepted).texts
    index = texts.index("log-25")
    assert texts[index + 1 : index + 3] == ["AWS has none.", "2026-11-25, expired"]
    index = texts.index("log-26")
    assert texts[index + 1 : index + 4] == ["not in this stack at present", "AWS has none.", "2026-11-26"]


@pytest.mark.parametrize(
    ("threshold", "times", "said"), [(268435456.0, 1.0, "> 268,435,456"), (0.5, 3.0, "> 0.5, 3 times in a row")]
)
def test_a_threshold_is_written_out(threshold: float, times: float, said: str) -> None:
    made = alarm("memory", "It is full. docs/runbook.md#memory")
    changed = {**made.inputs, "threshold": threshold, "evaluationPeriods": times}
    assert said in read([made.model_copy(update={"inputs": changed})]).texts


def test_the_last_operations_are_there_the_newest_first() -> None:
    listed = list(parsed([operation(day=day) for day in range(20, 0, -1)]))
    texts = read([], history=listed).texts
    assert [each for each in texts if each.startswith("Release of day")] == [
        f"Release of day {day}" for day in range(20, 10, -1)
    ]
    assert "2026-11-20 05:00 UTC" in texts


def report(*words: str) -> Result:
    return CliRunner().invoke(app, ["report", "--stack", "dev", *words])


def exported(*states: State) -> str:
    resources = [{**each.model_dump(by_alias=True, mode="json")} for each in states]
    return json.dumps({"version": 3, "deployment": {"resources": resources}})


def test_the_command_writes_a_page_without_anything_secret(tools: Tools, tmp_path: Path) -> None:
    hidden = alarm("secret", "it").model_copy(
        update={"inputs": {"alarmDescription": ENCRYPTED, "name": ENCRYPTED, "threshold": 1.0}}
    )
    outputs = {"alb_dns": "k8s-1.test", "marked": "[secret]", "password": SECRET, "kubeconfig": {"token": SECRET}}
    tools.answer("pulumi", "stack output --json", json.dumps(outputs))
    tools.answer("pulumi", "stack export", exported(CLUSTER, hidden, *stack()))
    tools.history({**operation(), "message": f"Set password={SECRET}"})
    ends = {"clusterVersions": [{"clusterVersion": "1.36", "endOfStandardSupportDate": "2027-08-02T00:00:00+00:00"}]}
    tools.answer("aws", "describe-cluster-versions", json.dumps(ends))
    file = tmp_path / "new" / "page.html"
    result = report("--output", str(file))
    assert result.exit_code == 0, result.output
    assert f"The page is {file}" in result.output
    content = file.read_text()
    assert SECRET not in content
    assert {"k8s-1.test", "marked", "password", "[secret]"} <= set(Read(content).texts)
    assert [each for each in Read(content).texts if each.startswith("2027-08-02, ")]
    assert "--show-secrets" not in " ".join(tools.asked("pulumi"))


def test_it_needs_no_credentials_of_aws(tools: Tools) -> None:
    tools.answer("pulumi", "stack output --json", json.dumps({"region": "ap-northeast-2"}))
    tools.answer("pulumi", "stack export", exported(CLUSTER))
    tools.history(operation())
    tools.answer("aws", "", says="Unable to locate credentials", code=255)
    tools.answer("aws", "describe-cluster-versions", says="Unable to locate credentials", code=255)
    result = report()
    assert result.exit_code == 0, result.output
    assert "AWS did not tell" in (tools.folder / "state" / "reports" / "dev.html").read_text()


def test_a_stack_that_no_deployment_has_finished_is_said(tools: Tools) -> None:
    tools.answer("pulumi", "stack output --json", "{}")
    result = report()
    assert result.exit_code == 1
    assert "stack 'dev' has no outputs yet" in result.output
