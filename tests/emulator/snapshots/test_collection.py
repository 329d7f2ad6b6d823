"""Snapshots are saved and restored as a whole, and refused with a sentence that says why."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from emulator.snapshots import contents, files, manifest
from emulator.snapshots.manifest import SnapshotError
from tests.emulator.snapshots import sample
from tests.emulator.snapshots.sample import CLUSTER, IDENTITY, account, planes, read, snapshots


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with an account."""
    account(tmp_path / "state")
    return tmp_path / "state"


def test_what_was_saved_comes_back(state: Path) -> None:
    kept = snapshots(state)
    # Neither what is being prepared nor a process's own log belongs to an account.
    left_out = {f"clusters/{CLUSTER}/etcd/member/wal/0.tmp", f"clusters/{CLUSTER}/logs/etcd.log"}
    before = read(state)
    for path in left_out:
        del before["files"][path]
    saved = kept.save("one")
    assert (saved.stacks, saved.clusters, saved.objects) == (("dev",), (CLUSTER,), 2)
    account(state, "second", cluster="another")
    assert kept.restore("one") == saved
    assert read(state) == before
    assert planes(kept).calls == [f"frozen {CLUSTER}", "thawed", f"stopped another {CLUSTER}"]


def test_a_snapshot_stays_as_it_is_and_is_restored_again_and_again(state: Path) -> None:
    kept = snapshots(state)
    kept.save("one")
    for content in ("second", "third"):
        kept.restore("one")
        (state / f"clusters/{CLUSTER}/etcd/member/snap/db").open("r+").write("in place")
        account(state, content)
    kept.restore("one")
    assert read(state)["files"][f"clusters/{CLUSTER}/etcd/member/snap/db"][0] == "first"


def test_secrets_stay_the_owners(state: Path) -> None:
    kept = snapshots(state)
    kept.save("one")
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    assert (kept.folder / "one").stat().st_mode & 0o777 == 0o700
    copied = kept.folder / "one" / manifest.CONTENTS
    for secret in ("passphrase", "token.key", "aws.sqlite", f"clusters/{CLUSTER}/certificates/apiserver.key"):
        assert (copied / secret).stat().st_mode & 0o777 == 0o600, secret
    kept.restore("one")
    assert (state / "aws.sqlite").stat().st_mode & 0o777 == 0o600


def test_in_another_state_the_clusters_get_other_ports(state: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    snapshots(state, shared).save("one")
    before = read(state)
    elsewhere = snapshots(tmp_path / "elsewhere", shared)
    elsewhere.restore("one")
    text = (tmp_path / "elsewhere" / sample.STACK_FILE).read_text()
    assert "127.0.0.1:21005" in text
    assert str(sample.AT.apiserver) not in text
    snapshots(state, shared).restore("one")
    assert read(state)["objects"] == before["objects"]


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".hidden", "-x", "a b", "x" * 65, "ä"])
def test_a_name_that_is_none(state: Path, name: str) -> None:
    kept = snapshots(state)
    for command in (kept.save, kept.restore, kept.remove):
        with pytest.raises(SnapshotError, match=f"snapshot name '{name}': use up to 64 letters"):
            command(name)


def test_a_name_is_used_once(state: Path) -> None:
    kept = snapshots(state)
    kept.save("one")
    with pytest.raises(SnapshotError, match="there is a snapshot one already: remove it first"):
        kept.save("one")
    kept.remove("one")
    kept.save("one")


def test_one_that_is_not_there(state: Path) -> None:
    kept = snapshots(state)
    for command in (kept.restore, kept.remove):
        with pytest.raises(SnapshotError, match=r"there is no snapshot two in .*; there is: none"):
            command("two")
    kept.save("one")
    with pytest.raises(SnapshotError, match="there is: one"):
        kept.restore("two")


def test_there_is_nothing_to_save_without_an_account(tmp_path: Path) -> None:
    kept = snapshots(tmp_path)
    with pytest.raises(SnapshotError, match="has no account yet"):
        kept.save("one")
    assert kept.all() == {}


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed byte": (lambda one: flip(one / "state" / "passphrase"), "state/passphrase has changed since"),
    "a missing file": (lambda one: (one / "state" / "token.key").unlink(), "state/token.key is missing"),
    "another file": (lambda one: (one / "state" / "x").touch(), "state/x was not saved with it"),
    "another mode": (lambda one: (one / "state" / "passphrase").chmod(0o644), "state/passphrase has changed since"),
    "a link": (
        lambda one: ((one / "state" / "format").unlink(), (one / "state" / "format").symlink_to("passphrase")),
        "state/format has changed since",
    ),
    "no contents": (lambda one: shutil.rmtree(one / "state"), "state/aws.sqlite is missing, and"),
    "no manifest": (lambda one: (one / "manifest.json").unlink(), "manifest.json is missing"),
    "half a manifest": (lambda one: (one / "manifest.json").write_text('{"for'), "manifest.json cannot be read"),
    "a manifest of nothing": (lambda one: (one / "manifest.json").write_text('{"format": 1}'), "is incomplete"),
    "an unknown entry": (
        lambda one: (one / "manifest.json").write_text(
            json.dumps({**json.loads((one / "manifest.json").read_text()), "more": 1})
        ),
        "is incomplete",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "reason"), DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_one_changes_nothing(state: Path, damage: Callable[[Path], object], reason: str) -> None:
    kept = snapshots(state)
    kept.save("one")
    account(state, "second")
    before = read(state)
    damage(kept.folder / "one")
    with pytest.raises(SnapshotError, match=f"snapshot one is damaged: .*{reason}"):
        kept.restore("one")
    assert read(state) == before
    assert "stopped" not in str(planes(kept).calls)


def test_one_of_another_format_of_snapshots(state: Path) -> None:
    kept = snapshots(state)
    kept.save("one")
    file = kept.folder / "one" / "manifest.json"
    for other in ({"format": 2}, {}, []):
        file.write_text(json.dumps(other))
        with pytest.raises(SnapshotError, match=r"snapshot one has the format (2|None); this emulator reads format 1"):
            kept.restore("one")


@pytest.mark.parametrize(
    ("here", "reason"),
    [
        (replace(IDENTITY, project="bank"), "it is of the project shop, and this is bank"),
        (replace(IDENTITY, state="4"), "its state has the format 3, and this emulator uses format 4"),
        (
            replace(IDENTITY, tools={**IDENTITY.tools, "kubernetes": "v1.37.0"}),
            "it was saved with kubernetes v1.36.3, and v1.37.0 is here",
        ),
        (replace(IDENTITY, tools={"kubernetes": "v1.36.3"}), "it was saved with pulumi-aws 7.0.0, and none is here"),
    ],
)
def test_one_of_something_else_changes_nothing(state: Path, here: manifest.Identity, reason: str) -> None:
    snapshots(state).save("one")
    before = read(state)
    with pytest.raises(SnapshotError, match=f"snapshot one cannot be restored: {reason}"):
        snapshots(state, identity=here).restore("one")
    assert read(state) == before


def test_while_an_operation_runs_nothing_is_saved_or_restored(state: Path) -> None:
    kept = snapshots(state)
    kept.save("one")
    sample.lock(state)
    before = read(state)
    for command, name in ((kept.save, "two"), (kept.restore, "one")):
        with pytest.raises(SnapshotError, match=r"an operation changes the stack dev \(process \d+\): wait"):
            command(name)
    assert read(state) == before
    assert list(kept.all()) == ["one"]


def test_an_operation_that_begins_meanwhile_is_noticed(state: Path) -> None:
    kept = snapshots(state)
    kept.save("one")
    before = read(state)
    planes(kept).meanwhile = lambda: sample.lock(state)
    for command, name in ((kept.save, "two"), (kept.restore, "one")):
        with pytest.raises(SnapshotError, match="an operation changes the stack dev"):
            command(name)
        (lock,) = (state / "backend/.pulumi/locks").rglob("*.json")
        lock.unlink()
        assert read(state) == before
    assert list(kept.all()) == ["one"]


def test_a_killed_operation_is_left_behind_by_restoring_and_is_not_saved(state: Path) -> None:
    kept = snapshots(state)
    kept.save("one")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    sample.lock(state, ended.pid)
    with pytest.raises(SnapshotError, match=r"was killed \(process \d+\): run `pulumi cancel --stack dev`"):
        kept.save("two")
    kept.restore("one")
    kept.save("two")


def test_a_save_that_fails_leaves_nothing(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = snapshots(state)
    clone = files.clone

    def full(source: Path, target: Path) -> None:
        if source.name == "apiserver.key":
            raise OSError(28, "No space left on device", str(target))
        clone(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(files, "clone", full)
        with pytest.raises(SnapshotError, match=r"snapshot one was not saved: .*No space left on device"):
            kept.save("one")
    assert [path.name for path in kept.folder.iterdir()] == [".lock"]
    kept.save("one")


def test_what_a_killed_save_left_is_no_snapshot(state: Path) -> None:
    kept = snapshots(state)
    left = kept.folder / ".saving" / "state"
    left.mkdir(parents=True)
    assert kept.all() == {}
    kept.save("one")
    assert not left.exists()


def test_a_restore_that_fails_changes_nothing(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = snapshots(state)
    kept.save("one")
    account(state, "second")
    before = read(state)

    def full(_state: Path, _check: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("emulator.snapshots.replacing.replace", full)
        with pytest.raises(SnapshotError, match=r"snapshot one was not restored: .*No space left on device"):
            kept.restore("one")
    assert read(state) == before
    assert [path.name for path in state.glob(".*")] == []


def test_the_list_has_the_oldest_first_and_says_what_is_wrong(state: Path) -> None:
    kept = snapshots(state)
    for name in ("b", "a", "c"):
        kept.save(name)
    (kept.folder / "c" / "manifest.json").write_text("")
    found = kept.all()
    assert [name for name, each in found.items() if not isinstance(each, SnapshotError)] == ["b", "a"]
    assert "snapshot c is damaged" in str(found["c"])


def test_the_contents_are_all_that_an_account_needs(state: Path) -> None:
    """What is not copied must be something that is made again, so every new kind of file has to be considered."""
    kept = snapshots(state)
    kept.save("one")
    copied = kept.folder / "one" / manifest.CONTENTS
    assert set(contents.pieces(copied)) == set(contents.pieces(state))
