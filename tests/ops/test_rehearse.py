"""A base is deployed once, however often something is rehearsed on it, and only as long as it is the same."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analysis import stack_file
from ops import rehearse, rehearsed_base

EMULATOR = """
import json, os, sys
from pathlib import Path

words, snapshots = sys.argv[1:], Path(os.environ["OPENMARKET_EMULATOR_SNAPSHOTS"])
snapshots.mkdir(parents=True, exist_ok=True)
with open({log!r}, "a") as log:
    log.write(json.dumps(words) + "\\n")
there = {{file.name: json.loads(file.read_text()) for file in snapshots.iterdir()}}
match words:
    case ["save", name]:
        if os.environ.get("FULL"):
            sys.exit("no space left on device")
        (snapshots / name).write_text(json.dumps({{"created": len(there)}}))
    case ["restore", name] if there[name].get("damaged"):
        sys.exit("snapshot is damaged")
    case ["snapshots", "--remove", name]:
        (snapshots / name).unlink()
    case ["snapshots", "--json"]:
        print(json.dumps(dict(sorted(there.items(), key=lambda each: each[1]["created"]))))
"""
"""Stands for the emulator: records its commands, and keeps of a snapshot only that it is there."""


class Project:
    """A repository with stacks, and an emulator that only records."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> None:
        self.path, self.log, self._captured = path, path.parent / "log", captured
        path.mkdir()
        self.git("init", "-q")
        for stack in ("dev", "prod"):
            (path / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
        self.commit("first")
        script = path.parent / "emulator.py"
        script.write_text(EMULATOR.format(log=str(self.log)))
        monkeypatch.setattr(stack_file, "PROJECT", path)
        monkeypatch.setattr(rehearse, "_command", lambda *words: [sys.executable, str(script), *words])
        for name in ("STATE", "SNAPSHOTS"):
            monkeypatch.delenv(f"OPENMARKET_EMULATOR_{name}", raising=False)

    def git(self, *words: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *who, *words], cwd=self.path, check=True)

    def commit(self, content: str) -> None:
        (self.path / "file").write_text(content)
        self.git("add", "-A")
        self.git("commit", "-qm", content)

    def rehearse(self, stack: str = "dev", base: str = "HEAD") -> str:
        """Run the command, and return what it told about its steps."""
        self._captured.readouterr()
        rehearse.rehearse(self.path.parent / "previews", stack, base)
        return self._captured.readouterr().err

    def deployments(self) -> list[str]:
        """The stacks that were deployed so far, one for each time."""
        words: list[list[str]] = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [each[each.index("--stack") + 1] for each in words if {"pulumi", "up"} <= set(each)]

    @property
    def snapshots(self) -> Path:
        return self.path / ".emulator" / "snapshots"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Project:
    return Project(tmp_path / "project", monkeypatch, capfd)


def test_the_second_rehearsal_takes_the_base_from_its_snapshot(project: Project) -> None:
    first, second = project.rehearse(), project.rehearse()
    assert project.deployments() == ["dev"]
    (snapshot,) = project.snapshots.iterdir()
    assert "dev: deploying HEAD (" in first
    assert f"finds HEAD ({snapshot.name.split('-')[2][:7]}) in the snapshot {snapshot.name}\n" in first
    assert second.count("\n") == 2
    assert second.startswith("dev: taking HEAD (")
    assert f"from the snapshot {snapshot.name}\ndev: previewing the change\n" in second


def test_names_of_one_commit_have_one_base(project: Project) -> None:
    project.git("tag", "v1")
    for name in ("HEAD", "v1", "HEAD^{commit}"):
        project.rehearse(base=name)
    assert project.deployments() == ["dev"]


def another_commit(project: Project, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    del patch
    project.commit("second")
    return {}


def another_stack(project: Project, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    del project, patch
    return {"stack": "prod"}


def another_caller(project: Project, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    del project
    patch.setenv("OPENMARKET_EMULATOR_CALLER", "arn:aws:iam::123456789012:user/other")
    return {}


def other_packages(project: Project, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    del project
    patch.setattr("importlib.metadata.distributions", lambda: [])
    return {}


@pytest.mark.parametrize("change", [another_commit, another_stack, another_caller, other_packages])
def test_anything_that_decides_what_is_deployed_makes_another_base(
    project: Project, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    project.rehearse()
    project.rehearse(**change(project, monkeypatch))
    assert len(project.deployments()) == 2


def test_where_things_are_makes_no_other_base(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.rehearse()
    monkeypatch.setenv("OPENMARKET_EMULATOR_CACHE", "/elsewhere")
    monkeypatch.setenv("OPENMARKET_EMULATOR_SNAPSHOTS", str(project.snapshots))
    project.rehearse()
    assert len(project.deployments()) == 1


def test_only_the_last_few_are_kept_and_none_of_the_users_is_removed(project: Project) -> None:
    project.snapshots.mkdir(parents=True)
    (project.snapshots / "mine").write_text(json.dumps({"created": -1}))
    for number in range(rehearsed_base.KEPT + 2):
        project.commit(f"change {number}")
        project.rehearse()
    names = {file.name for file in project.snapshots.iterdir()}
    assert len(names) == rehearsed_base.KEPT + 1
    assert "mine" in names
    # The newest one is among them.
    project.rehearse()
    assert len(project.deployments()) == rehearsed_base.KEPT + 2


def test_one_that_cannot_be_used_is_deployed_again(project: Project) -> None:
    project.rehearse()
    (snapshot,) = project.snapshots.iterdir()
    snapshot.write_text(json.dumps({"created": 0, "damaged": True}))
    printed = project.rehearse()
    assert "the kept base cannot be used, so it is deployed again: snapshot is damaged\n" in printed
    assert len(project.deployments()) == 2
    assert "taking HEAD" in project.rehearse()


def test_a_base_that_cannot_be_kept_is_rehearsed_on(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FULL", "1")
    printed = project.rehearse()
    assert "the next rehearsal deploys HEAD" in printed
    assert "no space left on device" in printed
    assert "previewing the change" in printed


def test_the_account_goes_and_the_snapshots_stay_where_the_working_tree_has_them(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert rehearsed_base.folder() == project.snapshots
    monkeypatch.setenv("OPENMARKET_EMULATOR_STATE", str(tmp_path / "state"))
    assert rehearsed_base.folder() == tmp_path / "state" / "snapshots"
    monkeypatch.setenv("OPENMARKET_EMULATOR_SNAPSHOTS", str(tmp_path / "shared"))
    assert rehearsed_base.folder() == tmp_path / "shared"


def test_a_network_that_exists_is_in_the_account_too(project: Project) -> None:
    def stack(*zones: str) -> str:
        subnets = {zone: {kind: f"subnet-{zone}{kind[0]}" for kind in ("public", "private", "data")} for zone in zones}
        network = {"existing": {"vpcId": "vpc-1", "subnets": subnets}}
        return json.dumps({"config": {"aws:region": "ap-northeast-2", "openmarket:network": network}})

    (project.path / "Pulumi.dev.yaml").write_text(stack("a", "c"))
    project.commit("in a network of somebody else's")
    (project.path / "Pulumi.dev.yaml").write_text(stack("a", "b", "c"))
    project.rehearse()
    words: list[list[str]] = [json.loads(line) for line in project.log.read_text().splitlines()]
    steps = [each[0] if each[0] != "run" else next(word for word in ("init", "up", "plan") if word in each)
             for each in words if each[0] in ("vpc", "run")]  # fmt: skip
    assert steps == ["vpc", "init", "up", "vpc", "plan"]
    before, after = (each for each in words if each[0] == "vpc")
    assert before[:4] == ["vpc", "vpc-1", "--subnet", "public/ap-northeast-2a/subnet-ap"]
    assert "isolated/ap-northeast-2c/subnet-cd" in before
    assert {each for each in after if each not in before} == {
        f"{kind}/ap-northeast-2b/subnet-b{letter}"
        for kind, letter in (("public", "p"), ("private", "p"), ("isolated", "d"))
    }
