"""`python -m ops cost`: from a preview, a state or the stack itself, to what its reader sees."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analysis.preview import State
from ops.__main__ import app
from tests.analysis.cost.costs import CACHE, node_group, state


def entry(resource: State, **more: Any) -> dict[str, Any]:
    return {"urn": resource.urn, "type": resource.type, "inputs": resource.inputs, "custom": True, **more}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """An exported state with two nodes."""
    return exported(tmp_path / "small.json", node_group(2))


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A preview of three nodes instead of two, and of a cache whose type nobody has a price of."""
    steps: list[dict[str, Any]] = [
        {"op": "same", "urn": after.urn, "oldState": entry(before), "newState": entry(after)}
        for before, after in zip(node_group(2), node_group(3), strict=True)
    ]
    cache = state(CACHE, {"engine": "valkey", "nodeType": "cache.x2g.large"}, "cache")
    steps.append({"op": "create", "urn": cache.urn, "newState": entry(cache)})
    file = tmp_path / "large.json"
    file.write_text(json.dumps({"steps": steps}))
    return file


def exported(file: Path, resources: Sequence[State]) -> Path:
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": [entry(each) for each in resources]}}))
    return file


def ask(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["cost", *map(str, arguments)])


def answer(*arguments: object) -> dict[str, Any]:
    result = ask(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def rows(printed: str, word: str) -> list[list[str]]:
    return [line.split() for line in printed.splitlines() if word in line]


def test_a_state(small: Path) -> None:
    found = answer("--state", small)
    # 2 x 73.219 and volumes for 9.12, and 50 GB from zone to zone.
    assert (found["total"], found["byService"]["EC2"]) == (156.56, 146.44)
    assert "difference" not in found


def test_what_will_be_deleted_has_a_successor_and_counts_once(tmp_path: Path) -> None:
    resources = [*map(entry, node_group(2)), entry(node_group(9)[1], delete=True)]
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}))
    assert answer("--state", file)["byService"]["EC2"] == 146.44


def test_a_preview_says_what_it_changes(large: Path) -> None:
    result = ask("--preview", large)
    assert "The change: +77.78 USD a month, without 1 item of unknown cost" in result.output
    assert ["nodes-general-group", "EC2", "Nodes:"] in [row[:3] for row in rows(result.output, "2 x m7g.large -> 3")]
    assert ["cache", "ElastiCache"] in [row[:2] for row in rows(result.output, "no verified price")]


def test_two_that_are_compared(small: Path, large: Path) -> None:
    assert answer("--state", small, "--against", large)["difference"]["total"] == -77.78


def test_the_plan_and_the_budget_are_beside_the_bill(small: Path, tmp_path: Path) -> None:
    result = ask("--state", small)
    assert "dev: 156.56 USD a month, 198.44 below the budget of 355.00" in result.output
    assert rows(result.output, "EC2")[-1][:4] == ["EC2", "150.00", "155.56", "+5.56"]
    assert "natGb" in result.output
    much = exported(tmp_path / "much.json", node_group(20))
    assert "above the budget of 355.00" in ask("--state", much).output
    assert "Compared with the plan" not in ask("--stack", "staging", "--state", small).output


def run_pulumi(monkeypatch: pytest.MonkeyPatch, *result: Any) -> list[list[str]]:
    asked: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, *result)

    monkeypatch.setattr(subprocess, "run", run)
    return asked


def test_the_stack_itself(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = run_pulumi(monkeypatch, 0, small.read_text(), "")
    assert answer("--stack", "prod")["byService"]["EC2"] == 146.44
    assert asked == [["pulumi", "stack", "export", "--stack", "prod"]]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ((1, "", "warning: old\nerror: the bucket does not answer\n"), "failed: error: the bucket does not answer"),
        ((0, "no", ""), "did not print a state"),
    ],
)
def test_a_state_that_cannot_be_read(result: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_pulumi(monkeypatch, *result)
    refused(ask("--stack", "prod"), said)


def test_no_pulumi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    refused(ask(), "there is no `pulumi` on PATH")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no", "is neither a preview nor a state"),
        ('{"deployment": {"resources": 3}}', "is not what `pulumi stack export` writes"),
        ('{"deployment": {"resources": [{"urn": 3}]}}', "is not what `pulumi stack export` writes"),
        ('{"steps": 3}', "is not what `pulumi preview --json --show-sames` writes"),
        ("3", "is not what `pulumi preview --json --show-sames` writes"),
    ],
)
def test_a_file_that_is_something_else(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text(content)
    refused(ask("--state", file), said)


def test_what_cannot_be_meant(small: Path, large: Path) -> None:
    refused(ask("--stack", "nope"), "there is no stack 'nope'")
    refused(ask("--state", small, "--preview", large), "give one of them")
    refused(ask("--stack", "prod", "--preview", large), "is a preview of dev: give --stack dev")
    refused(ask("--state", "/nowhere.json"), "/nowhere.json: No such file or directory")


def test_a_preview_of_nothing(tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text('{"steps": []}')
    result = ask("--preview", file)
    assert result.exit_code == 1
    assert "give --stack \n" not in result.stderr
    assert "preview of nothing" not in result.stderr


def refused(result: Any, said: str) -> None:
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
