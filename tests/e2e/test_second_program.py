"""The emulator is not this project's alone: a program of a newcomer's comes up on it and goes down again."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.toolchain.toolsets import official_kubernetes_plugin
from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

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


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """The program after its first `up`."""
    folder = tmp_path_factory.mktemp("elsewhere") / "hello"
    shutil.copytree(Path(__file__).parent / "second_program", folder)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    program = Elsewhere(folder)
    program.up(STACK)
    yield program
    program.emulator("down")


def test_it_comes_up(program: Elsewhere) -> None:
    hostname = program.outputs(STACK)["hostname"]
    assert hostname.endswith(".us-east-1.elb.amazonaws.com")
    (ingress,) = program.kubectl(STACK, "get", "ingresses", "--all-namespaces")["items"]
    assert ingress["status"]["loadBalancer"]["ingress"][0]["hostname"] == hostname
    assert program.run(sys.executable, "-c", _ASK, hostname).stdout == "200\n"
    assert '"Account": "210987654321"' in program.run("aws", "sts", "get-caller-identity").stdout


def test_nothing_changes_by_itself(program: Elsewhere) -> None:
    program.pulumi("preview", STACK, "--expect-no-changes")
    program.pulumi("preview --refresh", STACK, "--expect-no-changes")


def test_an_object_that_exists_already(program: Elsewhere) -> None:
    """Since 4.29 the provider refuses to create it. The one that is built here takes it over: emulator/README.md."""
    main = program.path / "__main__.py"
    before = main.read_text()
    program.emulator("run", "--stack", STACK, "--", "kubectl", "create", "configmap", "taken", "--from-literal=a=b")
    main.write_text(f'{before}\nk8s.core.v1.ConfigMap("taken", metadata={{"name": "taken"}}, opts=in_cluster)\n')
    try:
        printed = program.up(STACK, check=False)
    finally:
        main.write_text(before)
    assert ("already exists" in printed) == (official_kubernetes_plugin() is not None)
    program.up(STACK)


def test_it_goes_down(program: Elsewhere) -> None:
    program.destroy(STACK)
    left = program.status()
    assert (left["objects"], left["pending"], left["control_planes"], left["processes"]) == ({}, [], {}, {})
    assert not (Path(__file__).parent / "second_program" / ".emulator").exists()
