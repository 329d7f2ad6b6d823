"""Programs on PATH whose answers a test decides, and objects of a cluster as kubectl prints them."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis import stack_file
from ops.deploy import operations
from ops.operate import redeploying

IDENTITY = {"Account": "123456789012", "Arn": "arn:aws:sts::123456789012:assumed-role/operator/somebody"}
KINDS = (
    "deployments.apps", "replicasets.apps", "horizontalpodautoscalers.autoscaling", "pods", "nodes", "secrets",
    "ingresses.networking.k8s.io",
)  # fmt: skip

SOMETHING = {"urn": "urn:pulumi:dev::openmarket::pulumi:pulumi:Stack::openmarket-dev", "type": "pulumi:pulumi:Stack"}
"""A resource, by which a stack is deployed."""

_PROGRAM = """#!{python} -IS
import json, sys
folder, program, words = {folder!r}, {program!r}, sys.argv[1:]
with open(folder + "/asked.jsonl", "a") as asked:
    asked.write(json.dumps([program, *words]) + "\\n")
line = " ".join(words)
with open(folder + "/answers.json") as file:
    answers = [each for each in json.load(file) if each["program"] == program and each["has"] in line]
if not answers:
    sys.exit("error: nobody told " + program + " what to answer to " + line)
answer = max(answers, key=lambda each: len(each["has"]))
number = sum(json.loads(each)[1:] == words for each in open(folder + "/asked.jsonl")) - 1
print(answer["prints"][min(number, len(answer["prints"]) - 1)], end="")
sys.stderr.write(answer["says"])
sys.exit(answer["code"])
"""


class Tools:
    """`kubectl`, `aws` and `pulumi`, and what they were asked."""

    def __init__(self, folder: Path) -> None:
        """Put them into the folder, with answers for an identity, a deployed stack and a cluster without objects."""
        self.folder = folder
        self._answers: list[dict[str, Any]] = []
        for program in ("kubectl", "aws", "pulumi"):
            file = folder / program
            file.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder), program=program))
            file.chmod(0o755)
        self.answer("aws", "get-caller-identity", json.dumps(IDENTITY))
        self.answer("pulumi", "stack output kubeconfig", json.dumps({"kind": "Config"}))
        self.answer("pulumi", "stack export", json.dumps({"deployment": {"resources": [SOMETHING]}}))
        self.answer("kubectl", "api-resources", "\n".join(KINDS))
        self.answer("kubectl", "get", json.dumps({"items": []}))

    def answer(self, program: str, has: str, *prints: str, says: str = "", code: int = 0) -> None:
        """Answer a command line that contains the text, one answer after the other and then the last one again."""
        self._answers = [each for each in self._answers if (each["program"], each["has"]) != (program, has)]
        self._answers.append({"program": program, "has": has, "prints": prints or ("",), "says": says, "code": code})
        (self.folder / "answers.json").write_text(json.dumps(self._answers))

    def objects(self, kinds: str, *answers: Sequence[Any]) -> None:
        """Let the cluster have these objects, at one look after the other."""
        self.answer("kubectl", f"get {kinds}", *(json.dumps({"items": each}) for each in answers))

    def history(self, *listed: dict[str, Any]) -> None:
        """Let the stack have these operations, the newest first."""
        self.answer("pulumi", "stack history", json.dumps(listed))

    def asked(self, program: str) -> list[str]:
        """The command lines of a program, without the options that all have."""
        lines = [json.loads(line) for line in (self.folder / "asked.jsonl").read_text().splitlines()]
        return [" ".join(words[1:]) for words in lines if words[0] == program]

    def acts(self) -> list[str]:
        """The commands of kubectl that change something."""
        looks = (" api-resources", " get ", " logs ")
        return [line for line in self.asked("kubectl") if not any(look in line for look in looks)]

    def audit(self) -> list[dict[str, str]]:
        """The lines that commands left about what they did."""
        file = self.folder / "state" / "audit.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("OPENMARKET_EMULATOR_STATE", str(tmp_path / "state"))
    return Tools(tmp_path)


@dataclass
class Redeployed:
    """A project of a test's own, and the deployments of it that were asked for.

    Attributes:
        file: The stack file of dev.
        ups: The further options of each deployment, with the stack file at that time.
        code: The exit code of the next ones.
        previews: How many previews were asked for.
    """

    file: Path
    ups: list[tuple[list[str], str]] = field(default_factory=list[tuple[list[str], str]])
    code: int = 0
    previews: int = 0

    @property
    def backend(self) -> dict[str, Any]:
        """The stanza of backend-api in the stack file."""
        return yaml.safe_load(self.file.read_text())["config"]["openmarket:services"]["backend-api"]


@pytest.fixture
def project(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> Redeployed:
    """The project's stack file in a folder, and an engine that deploys nothing."""
    file = tools.folder / "Pulumi.dev.yaml"
    file.write_text((stack_file.PROJECT / file.name).read_text())
    monkeypatch.setattr(stack_file, "PROJECT", tools.folder)
    made = Redeployed(file)

    def up(stack: str, create: bool, refresh: bool, further: Sequence[str]) -> int:
        assert (stack, create, refresh) == ("dev", False, False)
        made.ups.append((list(further), file.read_text()))
        return made.code

    def previewed(stack: str, further: Sequence[str] = ()) -> list[str]:
        made.previews += 1
        return [f"  ~  a change of {stack}"]

    monkeypatch.setattr(operations, "up", up)
    monkeypatch.setattr(redeploying, "previewed", previewed)
    return made
