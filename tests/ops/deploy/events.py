"""Events as the engine writes them, and a `pulumi` that writes them."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

Event = dict[str, Any]
STACK = "urn:pulumi:dev::openmarket::pulumi:pulumi:Stack::openmarket-dev"


def urn(name: str, type_: str = "aws:s3/bucket:Bucket") -> str:
    return f"urn:pulumi:dev::openmarket::{type_}::{name}"


def metadata(op: str, of: str, **more: Any) -> dict[str, Any]:
    """Metadata of a resource, with the same state before and after unless others are given."""
    type_ = of.split("::")[2]
    state = {"urn": of, "type": type_, "custom": type_ != "pulumi:pulumi:Stack", "inputs": {}, "outputs": {}}
    return {"op": op, "urn": of, "type": type_, "old": state, "new": state} | more


def begins(op: str, of: str, **more: Any) -> Event:
    return {"resourcePreEvent": {"metadata": metadata(op, of, **more)}}


def ends(op: str, of: str, **more: Any) -> Event:
    return {"resOutputsEvent": {"metadata": metadata(op, of, **more)}}


def fails(op: str, of: str) -> Event:
    return {"resOpFailedEvent": {"metadata": metadata(op, of)}}


def says(message: str, of: str = "", severity: str = "info") -> Event:
    return {"diagnosticEvent": {"message": message, "severity": severity, "urn": of}}


def breaks(rule: str, of: str, level: str = "mandatory") -> Event:
    return {
        "policyEvent": {
            "policyName": rule,
            "resourceUrn": of,
            "message": "not so. Right: so.",
            "enforcementLevel": level,
        }
    }


def sums_up(preview: bool, **changes: int) -> Event:
    return {"summaryEvent": {"isPreview": preview, "result": "succeeded", "resourceChanges": changes}}


def outputs(**values: Any) -> Event:
    """The stack's outputs."""
    state = {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False, "inputs": {}, "outputs": values}
    return ends("same", STACK, new=state)


PRELUDE: Event = {"preludeEvent": {"config": {}}}


class FakePulumi:
    """A `pulumi` on PATH that writes a log of events for each part of an operation, and records what it is asked."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put it in front of every other."""
        self._folder = folder
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def answers(
        self,
        *logs: Sequence[Event],
        printed: str = "",
        code: int = 0,
        waits: bool = False,
        state: Sequence[Event] | None = None,
    ) -> None:
        """Let it write these logs, one after the other; `waits` for an interruption after each.

        `state` has the resources that it exports; None if there is no such stack.
        """
        exported = json.dumps({"version": 3, "deployment": {"resources": state}})
        program = f"""#!{sys.executable}
import json, os, signal, sys, time
arguments = sys.argv[1:]
with open({str(self._folder / "asked")!r}, "a") as asked:
    print(json.dumps(arguments), file=asked)
if "--event-log" in arguments:
    asked_to_stop = []
    signal.signal(signal.SIGINT, lambda *_: asked_to_stop.append(1))
    path = arguments[arguments.index("--event-log") + 1]
    for log in json.loads({json.dumps(json.dumps(logs))}):
        while os.path.exists(path):  # a real preview takes longer than anybody to look at its log
            time.sleep(0.02)
        with open(path, "w") as file:
            for event in log:
                print(json.dumps(event), file=file, flush=True)
        while {waits} and not asked_to_stop:
            time.sleep(0.02)
    print({printed!r})
    sys.exit({code})
if arguments[:2] == ["stack", "export"]:
    print({exported!r})
    sys.exit({state is None})
"""
        file = self._folder / "pulumi"
        file.write_text(program)
        file.chmod(0o755)

    @property
    def asked(self) -> list[list[str]]:
        """The arguments of every call."""
        return [json.loads(line) for line in (self._folder / "asked").read_text().splitlines()]
