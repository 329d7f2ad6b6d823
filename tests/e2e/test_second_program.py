"""The emulator is not this project's alone: a program of a newcomer's comes up on it and goes down again."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout

PROJECT = Path(__file__).resolve().parents[2]
STACK = "demo"

_ASK = """
import os, sys, urllib.request
address, host = os.environ["OPENMARKET_LOAD_BALANCER"], sys.argv[1]
with urllib.request.urlopen(urllib.request.Request(f"http://{address}/", headers={"Host": host})) as answer:
    print(answer.status)
"""


@dataclass(frozen=True)
class Elsewhere(Checkout):
    """A program in a folder that has no emulator in it: the emulator is where it is, on PYTHONPATH."""

    def emulator(
        self, *arguments: str, check: bool = True, timeout: float = 900, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        known = {**(env or {}), "PYTHONPATH": str(PROJECT)}
        return super().emulator(*arguments, check=check, timeout=timeout, env=known)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Elsewhere]:
    folder = tmp_path / "hello"
    shutil.copytree(Path(__file__).parent / "second_program", folder)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    program = Elsewhere(folder)
    yield program
    program.emulator("down")


def test_a_second_program_comes_up_and_goes_down(program: Elsewhere) -> None:
    program.up(STACK)
    hostname = program.outputs(STACK)["hostname"]
    assert hostname.endswith(".us-east-1.elb.amazonaws.com")
    (ingress,) = program.kubectl(STACK, "get", "ingresses", "--all-namespaces")["items"]
    assert ingress["status"]["loadBalancer"]["ingress"][0]["hostname"] == hostname
    assert program.run(sys.executable, "-c", _ASK, hostname).stdout == "200\n"
    assert '"Account": "210987654321"' in program.run("aws", "sts", "get-caller-identity").stdout

    program.pulumi("preview", STACK, "--expect-no-changes")
    program.pulumi("preview --refresh", STACK, "--expect-no-changes")

    program.destroy(STACK)
    left = program.status()
    assert (left["objects"], left["pending"], left["control_planes"], left["processes"]) == ({}, [], {}, {})
    assert not (Path(__file__).parent / "second_program" / ".emulator").exists()
