"""The pack as an engine starts it: the stack and its configuration come by a call, or by the environment."""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

PACK = Path(__file__).resolve().parents[2] / "policies"
ENVIRONMENT = {"PULUMI_PROJECT": "openmarket", "PULUMI_STACK": "dev", "PULUMI_DRY_RUN": "true"}


@contextmanager
def running(more: Mapping[str, str]) -> Generator[Any]:
    """A client of the pack, in a process with these further environment variables."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."]
    with subprocess.Popen(command, cwd=PACK, env={**plain, **more}, stdout=subprocess.PIPE, text=True) as pack:
        try:
            port = int((pack.stdout or iter([""])).__next__())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            pack.kill()


def level(client: Any, policy: str) -> str:
    """At which level the pack holds a policy."""
    (found,) = [each for each in client.GetAnalyzerInfo(empty_pb2.Empty()).policies if each.name == policy]
    return analyzer_pb2.EnforcementLevel.Name(found.enforcementLevel).lower()


@pytest.fixture(scope="module")
def told_by_call() -> Iterator[Any]:
    with running({}) as client:
        yield client


@pytest.mark.parametrize(("production", "expected"), [("false", "disabled"), ("true", "mandatory")])
def test_levels_follow_the_stack_that_the_engine_names(told_by_call: Any, production: str, expected: str) -> None:
    told_by_call.ConfigureStack(
        analyzer_pb2.AnalyzerStackConfigureRequest(
            stack="dev", project="openmarket", config={"openmarket:production": production}
        )
    )
    assert level(told_by_call, "protected") == expected


def test_the_environment_is_enough() -> None:
    with running({**ENVIRONMENT, "PULUMI_CONFIG": json.dumps({"openmarket:production": "false"})}) as client:
        assert level(client, "protected") == "disabled"


def test_a_pack_that_is_told_nothing_judges_production() -> None:
    with running({}) as client:
        assert level(client, "protected") == "mandatory"
