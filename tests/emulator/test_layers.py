"""The emulator stands alone, and its two halves know each other by their contract only."""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports import imported, within

EMULATOR = Path(__file__).resolve().parents[2] / "emulator"
FILES = sorted(EMULATOR.rglob("*.py"))
HALVES = ("emulator.aws", "emulator.kubernetes")
PUTS_TOGETHER = "emulator.wiring"
NEUTRAL = ("clock", "contract", "paths", "plugins/provider", "plugins/values", "processes", "settings", "store")
"""What both halves stand on."""

WITH_THE_SDK = {"google", "grpc", "pulumi", "pulumi_aws"}
"""Packages that come with the SDK of the program, which it has anyway."""


def module(file: Path) -> str:
    return ".".join(file.relative_to(EMULATOR.parent).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("file", FILES, ids=module)
def test_nothing_of_a_program_is_imported(file: Path) -> None:
    for name in imported(file):
        assert name.partition(".")[0] not in {"analysis", "components", "ops", "policies", "tests"}, (
            f"{file} imports {name}"
        )


@pytest.mark.parametrize("file", [file for file in FILES if module(file).startswith(HALVES)], ids=module)
def test_neither_half_imports_the_other(file: Path) -> None:
    (other,) = [half for half in HALVES if not within(module(file), half)]
    # A `__main__` starts a process, so it asks for the other half to be put in.
    refused = [other] if file.name == "__main__.py" else [other, PUTS_TOGETHER]
    assert [name for name in imported(file) if any(within(name, each) for each in refused)] == []


@pytest.mark.parametrize("name", NEUTRAL)
def test_what_both_stand_on_knows_neither(name: str) -> None:
    found = list(imported(EMULATOR / f"{name}.py"))
    assert [each for each in found if any(within(each, half) for half in (*HALVES, PUTS_TOGETHER))] == []


@pytest.mark.parametrize(
    ("loads", "stays_out"),
    [
        ("emulator.mocks", "emulator.kubernetes"),
        ("emulator.aws.provider", "emulator.kubernetes"),
        ("emulator.aws.cli", "emulator.kubernetes"),
        ("emulator.kubernetes.nodes", "emulator.aws"),
        ("emulator.kubernetes.controllers.context", "emulator.aws"),
    ],
)
def test_one_half_runs_without_the_other(loads: str, stays_out: str) -> None:
    code = f"import sys, {loads}; print([name for name in sys.modules if name.startswith({stays_out!r})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=EMULATOR.parent)
    assert done.stdout.strip() == "[]"


def test_requirements_cover_what_is_imported() -> None:
    text = (EMULATOR / "requirements.txt").read_text()
    required = {re.split("[=<>~]", line)[0].lower() for line in text.splitlines() if line and not line.startswith("#")}
    packages = {name.partition(".")[0] for file in FILES for name in imported(file)}
    outside = packages - sys.stdlib_module_names - WITH_THE_SDK - {"emulator"}
    found = importlib.metadata.packages_distributions()
    assert {name for name in outside if not required & {each.lower() for each in found.get(name, [])}} == set()
