"""Packages are required where they are used, and a workflow installs the files of what it runs."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
LISTS = ("requirements.txt", "requirements-dev.txt", "emulator/requirements.txt", "ops/requirements.txt")
ASK_PULUMI = {PROJECT / "components" / "config" / f"{name}.py" for name in ("loading", "lookups", "network_lookups")}
"""Of the configuration, what reads it from Pulumi, and asks AWS: no command imports it."""
COME_WITH_OTHERS = {"botocore", "pydantic_core"}
"""What boto3 and pydantic pin themselves."""
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))


def pins(file: str) -> dict[str, str]:
    """Versions by package, in lower case, of the lines of a file itself."""
    lines = (PROJECT / file).read_text().splitlines()
    found = [line.partition("==") for line in lines if line and not line.startswith(("#", "-r"))]
    return {name.lower(): version for name, _, version in found}


def imported() -> set[str]:
    """The top-level packages that the commands and what they stand on import, wherever in a file."""
    folders = (PROJECT / "ops", PROJECT / "analysis", PROJECT / "components" / "config")
    found: set[str] = set()
    for file in (file for folder in folders for file in folder.rglob("*.py") if file not in ASK_PULUMI):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).partition(".")[0])
    return found - sys.stdlib_module_names - {"analysis", "components", "ops"} - COME_WITH_OTHERS


def jobs() -> list[Any]:
    """Every job that runs a command of the project, with the name of its workflow."""
    found: list[Any] = []
    for file in WORKFLOWS:
        for name, job in cast(dict[str, Any], yaml.safe_load(file.read_text()))["jobs"].items():
            commands = [str(step.get("run", "")) for step in job.get("steps", [])]
            if any(re.search(r"\bmake |-m ops ", command) for command in commands):
                found.append(pytest.param(job, commands, id=f"{file.stem}-{name}"))
    return found


def test_the_commands_require_what_they_import_and_nothing_else() -> None:
    distributions = importlib.metadata.packages_distributions()
    required = pins("ops/requirements.txt").keys()
    needed = {package: {each.lower() for each in distributions[package]} & required for package in imported()}
    assert {package for package, found in needed.items() if not found} == set()
    assert required - set[str]().union(*needed.values()) == set()


def test_a_package_has_one_version_in_all_files() -> None:
    versions: dict[str, set[str]] = {}
    for file in LISTS:
        for name, version in pins(file).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_environment_is_made_anew_when_a_file_changes() -> None:
    rule = re.search(r"^\.venv/installed: (.+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert rule is not None
    assert set(rule[1].split()) == set(LISTS)


@pytest.mark.parametrize(("job", "commands"), jobs())
def test_a_runner_installs_what_its_job_runs(job: dict[str, Any], commands: list[str]) -> None:
    listed = str(job.get("env", {}).get("PACKAGES", "requirements.txt requirements-dev.txt")).split()
    ran = " ".join(commands)
    tests = bool(re.search(r"\bmake (test|lint)", ran))
    engine = tests or bool(re.search(r"\bmake (up|plan|rehearse|drift)\b", ran))
    assert ("requirements-dev.txt" in listed) == tests
    assert ("requirements.txt" in listed) == engine
    assert tests or "ops/requirements.txt" in listed
    assert ("emulator/requirements.txt" in listed) == ("make rehearse" in ran)
