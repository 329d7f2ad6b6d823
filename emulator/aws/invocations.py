"""Plays Lambda: what calls a function waits here until its transaction is over, and then the function's code runs."""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from emulator.aws import iam
from emulator.aws.role_endpoint import serving
from emulator.aws.tokens import FUNCTION, FUNCTION_PERMISSION
from emulator.store import Store, StoredObject, Transaction

WAITING = "aws:lambda/invocation:Invocation"
_START_SECONDS = 20
"""Python's own start and that of boto3, which do not count as the function's time."""
_RUNS = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
module, _, name = sys.argv[2].rpartition(".")
getattr(importlib.import_module(module.replace("/", ".")), name)(json.load(sys.stdin), None)
"""


@dataclass(frozen=True)
class Outcome:
    """How a run of a function ended. `error` is the last line of what it wrote; empty if it succeeded."""

    function: str
    error: str


def call(account: Transaction, function_arn: str, service: str, source_arn: str, event: Mapping[str, Any]) -> bool:
    """Let a service such as `sns.amazonaws.com` call a function for an object; false if it may not."""
    found = account.find(FUNCTION, arn=function_arn)
    if not any(
        _lets(each.outputs, found[0], service, source_arn) for each in account.find(FUNCTION_PERMISSION) if found
    ):
        return False
    account.put(StoredObject(WAITING, str(uuid.uuid4()), outputs={"function": found[0].id, "event": event}))
    return True


def _lets(permission: Mapping[str, Any], function: StoredObject, service: str, source_arn: str) -> bool:
    return (
        permission["function"] in (function.id, function.outputs["arn"])
        and permission["action"] in ("lambda:InvokeFunction", "lambda:*")
        and permission["principal"] == service
        and permission.get("sourceArn") in (None, source_arn)
    )


def run(store: Store) -> Iterator[Outcome]:
    """Run what waits, one after the other, each once: AWS tries a failed one twice more, after one and two minutes."""
    while True:
        with store.transaction() as account:
            waiting = next(iter(account.find(WAITING)), None)
            if waiting is None:
                return
            account.remove(waiting.type, waiting.id)
            function = account.get(FUNCTION, str(waiting.outputs["function"]))
        if function:
            yield Outcome(function.id, _run(store, function, waiting.outputs["event"]))


def _run(store: Store, function: StoredObject, event: Mapping[str, Any]) -> str:
    outputs = function.outputs
    role, region = str(outputs["role"]), str(outputs["arn"]).split(":")[3]
    files = dict(_files(outputs.get("code") or {}))
    if not files or not str(outputs.get("runtime")).startswith("python"):
        return "the emulator runs functions in Python, whose code is an archive of files or of a folder"
    with tempfile.TemporaryDirectory() as folder, serving(store, role) as (endpoint, key):
        for name, text in files.items():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).write_text(text)
        environment = {
            **{name: value for name in ("PATH", "SSL_CERT_FILE") if (value := os.environ.get(name))},
            **cast(dict[str, str], (outputs.get("environment") or {}).get("variables") or {}),
            "AWS_LAMBDA_FUNCTION_NAME": function.id, "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
            "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": key, "AWS_ENDPOINT_URL": endpoint,
        }  # fmt: skip
        command = [sys.executable, "-Iu", "-c", _RUNS, folder, str(outputs["handler"])]
        seconds = int(outputs["timeout"])
        try:
            done = subprocess.run(
                command, input=json.dumps(event), env=environment, cwd=folder, text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds + _START_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"Task timed out after {seconds} seconds"
    _log(store, function, role, done.stdout)
    return (done.stdout.strip().splitlines() or ["it wrote nothing"])[-1] if done.returncode else ""


def _files(code: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The files of an archive as the engine hands it over: of texts and files, or a folder's."""
    for name, asset in cast(dict[str, dict[str, Any]], code.get("assets") or {}).items():
        yield name, str(asset["text"]) if "text" in asset else Path(asset["path"]).read_text()
    if folder := code.get("path"):
        for file in sorted(Path(folder).rglob("*.py")):
            yield str(file.relative_to(folder)), file.read_text()


def _log(store: Store, function: StoredObject, role: str, text: str) -> None:
    """Keep what it wrote, if its role may write logs: without, AWS keeps nothing either."""
    arn = f"{str(function.outputs['arn']).replace(':lambda:', ':logs:').partition(':function:')[0]}:log-group:"
    group = str((function.outputs.get("loggingConfig") or {}).get("logGroup") or f"/aws/lambda/{function.id}")
    if text and iam.allows(store, role, "logs:PutLogEvents", f"{arn}{group}:*"):
        file = store.folder / "logs" / f"{group.strip('/').replace('/', '-')}.log"
        file.parent.mkdir(exist_ok=True)
        with file.open("a") as log:
            log.write(text)
