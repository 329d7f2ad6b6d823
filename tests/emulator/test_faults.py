"""Which operations a fault concerns, how often, and what the provider then says."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from emulator import faults
from emulator.plugins.faulty import FaultyProvider, faulty
from emulator.plugins.provider import Call, PartialError, Properties, Provider, ProviderError, Resource

BUCKET = "urn:pulumi:dev::openmarket::aws:s3/bucket:Bucket::data-assets-bucket"
ROLE = "urn:pulumi:dev::openmarket::aws:iam/role:Role::cluster-role"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_FOLDER", tmp_path / "faults")


def failing(operation: str, urn: str) -> bool:
    try:
        faults.begin(operation, urn)
        faults.end(operation, urn)
    except faults.Fault:
        return True
    return False


@pytest.mark.parametrize("kind", ["refuse", "throttle", "expire"])
def test_each_operation_on_each_resource_fails_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(faults.VARIABLE, f"{kind}:any")
    asked = [("create", BUCKET), ("create", ROLE), ("update", BUCKET), ("delete", BUCKET)]
    assert [failing(*each) for each in asked] == [True] * 4
    assert [failing(*each) for each in asked] == [False] * 4


def test_a_fault_concerns_its_operation_and_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(faults.VARIABLE, "refuse:create:data-*|shop-*")
    assert not failing("update", BUCKET)
    assert not failing("create", ROLE)
    assert failing("create", BUCKET)


def test_without_the_variable_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(faults.VARIABLE, raising=False)
    assert not faults.active()
    assert not failing("create", BUCKET)


@pytest.mark.parametrize("text", ["refuse", "refuse:read", "kill:0", "kill:any", "explode:create"])
def test_other_texts_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(faults.VARIABLE, text)
    with pytest.raises(ValueError, match=f"has '{text}'; it must be"):
        faults.begin("create", BUCKET)


@pytest.mark.parametrize(("kind", "moment"), [("kill", faults.begin), ("kill-after", faults.end)])
def test_the_engine_is_killed_at_every_third_step(kind: str, moment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _signal: killed.append(pid))
    monkeypatch.setenv(faults.VARIABLE, f"{kind}:3")
    seen: list[int] = []
    for _ in range(7):
        with suppress(faults.Fault):
            moment("create", BUCKET)
        seen.append(len(killed))
    assert seen == [0, 0, 1, 1, 1, 2, 2]
    assert set(killed) == {os.getppid()}


@pytest.mark.parametrize(("kind", "moment"), [("kill", faults.begin), ("kill-after", faults.end)])
def test_the_engine_is_killed_at_named_resources(kind: str, moment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _signal: killed.append(pid))
    monkeypatch.setenv(faults.VARIABLE, f"{kind}:create:data-*")
    moment("create", ROLE)
    moment("update", BUCKET)
    assert killed == []
    with pytest.raises(faults.Fault, match="has killed the engine at data-assets-bucket"):
        moment("create", BUCKET)
    moment("create", BUCKET)
    assert killed == [os.getppid()]


class _Recorder(Provider):
    """Remembers what it did."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def create(self, resource: Resource, inputs: Properties, call: Call) -> tuple[str, Properties]:
        self.done.append("create")
        return "id", {"arn": "a"}

    def update(self, resource: Resource, inputs: Properties, call: Call) -> Properties:
        self.done.append("update")
        return {"arn": "b"}

    def delete(self, resource: Resource, call: Call) -> None:
        self.done.append("delete")


RESOURCE = Resource(BUCKET, "aws:s3/bucket:Bucket", "data-assets-bucket", "id")


def test_what_is_refused_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(faults.VARIABLE, "refuse:any")
    real = _Recorder()
    provider = faulty(real)
    for act in (
        lambda: provider.create(RESOURCE, {}, Call()),
        lambda: provider.update(RESOURCE, {}, Call()),
        lambda: provider.delete(RESOURCE, Call()),
    ):
        with pytest.raises(ProviderError, match="the emulator refuses the first"):
            act()
    assert real.done == []
    provider.create(RESOURCE, {}, Call())
    assert real.done == ["create"]


def test_what_expires_is_done_and_known_to_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(faults.VARIABLE, "expire:any")
    real = _Recorder()
    provider = faulty(real)
    with pytest.raises(PartialError) as created:
        provider.create(RESOURCE, {"bucket": "b"}, Call())
    assert (created.value.id, created.value.outputs, created.value.inputs) == ("id", {"arn": "a"}, {"bucket": "b"})
    with pytest.raises(PartialError) as updated:
        provider.update(RESOURCE, {"bucket": "c"}, Call())
    assert (updated.value.id, updated.value.outputs) == ("id", {"arn": "b"})
    assert real.done == ["create", "update"]


def test_a_preview_has_no_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(faults.VARIABLE, "refuse:any,expire:any")
    provider = faulty(_Recorder())
    assert isinstance(provider, FaultyProvider)
    provider.create(RESOURCE, {}, Call(preview=True))
    provider.update(RESOURCE, {}, Call(preview=True))


def test_a_fault_kills_the_engine_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an engine that is gone, its plugins are children of the first process of the machine."""
    killed: list[tuple[int, int]] = []

    monkeypatch.setattr(os, "kill", lambda *what: killed.append(what))
    monkeypatch.setenv(faults.VARIABLE, "kill:1")
    for engine, expected in ((1, []), (4711, [(4711, signal.SIGKILL)])):
        monkeypatch.setattr(os, "getppid", lambda engine=engine: engine)
        with pytest.raises(faults.Fault):
            faults.begin("create", BUCKET)
        assert killed == expected
