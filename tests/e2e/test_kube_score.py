"""kube-score has nothing to say about the shop's objects, apart from exceptions that give their reasons."""

import json
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator.toolchain import LINTERS, binary, build
from tests.components.program import STACKS, run_program

pytestmark = pytest.mark.e2e

EXCEPTIONS = yaml.safe_load((Path(__file__).resolve().parents[1] / "kube_score_exceptions.yaml").read_text())
KUBERNETES = "v1.36"
FAILED = 5
"""kube-score's grades are 1 (critical), 5 (warning), 7 and 10 (nothing to say)."""


def objects(stack: str) -> list[dict[str, Any]]:
    """The shop's objects as the program writes them, before an API server adds to them."""
    namespace = f"openmarket-{stack}"
    declared = [each for each in run_program(stack).resources if each.type.startswith("kubernetes:")]
    of_shop = [each for each in declared if each.inputs.get("metadata", {}).get("namespace") == namespace]
    # Where the program leaves the name out, Pulumi generates one.
    shop: list[dict[str, Any]] = []
    for each in of_shop:
        shop.append({**each.inputs, "metadata": {"name": f"{each.name}-0a1b2c3d", **each.inputs["metadata"]}})
    assert {"Deployment", "Service", "Ingress"} <= {each["kind"] for each in shop}
    return shop


def complaints(stack: str) -> Iterator[tuple[str, str]]:
    """Check and object of everything that kube-score finds."""
    text = yaml.safe_dump_all(objects(stack))
    command = [str(binary("kube-score")), "score", "--kubernetes-version", KUBERNETES, "--output-format", "json", "-"]
    # It ends with 1 when there is something critical, which is what is looked for.
    report = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert report.stdout, report.stderr
    for found in json.loads(report.stdout):
        for check in found["checks"]:
            if not check["skipped"] and check["grade"] <= FAILED:
                yield check["check"]["id"], f"{found['type_meta']['kind']}/{found['object_meta']['name']}"


@pytest.fixture(scope="module")
def found() -> dict[str, set[tuple[str, str]]]:
    """What is found in each stack."""
    build.ensure(LINTERS)
    return {stack: set(complaints(stack)) for stack in STACKS}


def excused(complaint: tuple[str, str], exception: tuple[str, str]) -> bool:
    return complaint[0] == exception[0] and fnmatch(complaint[1], exception[1])


def exceptions() -> list[tuple[str, str]]:
    return [(each["check"], name) for each in EXCEPTIONS for name in each["objects"]]


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_found_without_an_exception(found: dict[str, set[tuple[str, str]]], stack: str) -> None:
    left = [each for each in found[stack] if not any(excused(each, exception) for exception in exceptions())]
    assert sorted(left) == []


def test_every_exception_is_needed_and_has_a_reason(found: dict[str, set[tuple[str, str]]]) -> None:
    everything = set[tuple[str, str]]().union(*found.values())
    unneeded = [each for each in exceptions() if not any(excused(complaint, each) for complaint in everything)]
    assert unneeded == []
    assert all(each["reason"].strip() for each in EXCEPTIONS)
