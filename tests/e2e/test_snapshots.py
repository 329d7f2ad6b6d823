"""A deployed account is saved, changed and restored, also beside itself, and nothing restores what is damaged."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import conftest
from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

NAMESPACE = "openmarket-dev"
PATIENCE_SECONDS = 120
"""Only a failing test waits as long."""

MADE_AGAIN = {
    "bin", "faults", "helm", "kubeconfig", "logs", "previews", "processes", "pulumi-home", "schedule", "timelines",
}  # fmt: skip
"""Folders of the state that commands fill anew, or that tell what was done."""
OF_SNAPSHOTS = {"snapshots", "snapshots.lock"}


@pytest.fixture(scope="module")
def saved(deployed: Checkout) -> Checkout:
    """The stack dev with a snapshot `before`."""
    deployed.run("kubectl", "get", "namespaces")
    deployed.emulator("save", "before")
    return deployed


@pytest.fixture
def beside(saved: Checkout, tmp_path: Path) -> Iterator[tuple[Checkout, dict[str, str]]]:
    """Another checkout, and the variable that lets it find the snapshots of the first one."""
    conftest.fill(tmp_path)
    other = Checkout(tmp_path)
    yield other, {"OPENMARKET_EMULATOR_SNAPSHOTS": str(saved.path / ".emulator" / "snapshots")}
    other.emulator("down")


def pods(checkout: Checkout) -> set[str]:
    """Names of the shop's pods that are not on their way out."""
    found = checkout.kubectl("dev", "get", "pods", "-n", NAMESPACE)["items"]
    return {pod["metadata"]["name"] for pod in found if "deletionTimestamp" not in pod["metadata"]}


def restore(checkout: Checkout, env: dict[str, str] | None = None) -> None:
    """Restore the snapshot, and let a command that prints nothing else say that it starts the control plane."""
    checkout.emulator("restore", "before", env=env)
    assert checkout.run("true").stdout == "Starting the control plane of openmarket-dev-eks\n"


def unchanged(checkout: Checkout) -> None:
    """Account, engine and cluster agree with each other and with the program."""
    checkout.pulumi("preview --refresh", "dev", "--expect-no-changes")


def stable(status: dict[str, Any]) -> dict[str, Any]:
    """The part of the status that does not depend on what runs at the moment."""
    return {key: value for key, value in status.items() if key != "processes"}


def test_everything_of_an_account_is_saved_or_made_again(saved: Checkout) -> None:
    state = saved.path / ".emulator"
    copied = {path.name for path in (state / "snapshots" / "before" / "state").iterdir()}
    there = {path.name for path in state.iterdir()} - {"aws.sqlite-wal", "aws.sqlite-shm"}
    assert there - MADE_AGAIN - OF_SNAPSHOTS == copied


def test_a_change_is_undone_in_account_engine_and_cluster(saved: Checkout) -> None:
    status, names = stable(saved.status()), pods(saved)
    with saved.configured("dev", "application", logLevel="info"), saved.configured("dev", "images", untaggedDays=8):
        saved.up("dev")
    saved.emulator("push", "openmarket-dev/backend-api", "1.0")
    saved.run("kubectl", "-n", NAMESPACE, "delete", "poddisruptionbudget", "--all")
    assert not pods(saved) & {name for name in names if name.startswith("backend-api")}

    restore(saved)
    assert stable(saved.status()) == status
    assert pods(saved) == names
    unchanged(saved)
    saved.up("dev", "--expect-no-changes")


def test_a_restored_account_goes_on_beside_the_first_one(
    saved: Checkout, beside: tuple[Checkout, dict[str, str]]
) -> None:
    other, folder = beside
    names = pods(saved)
    restore(other, folder)
    assert pods(other) == names
    unchanged(other)
    assert set(saved.status()["control_planes"].values()) & set(other.status()["control_planes"].values()) == set()
    with other.configured("dev", "application", logLevel="info"):
        other.up("dev")
    assert not pods(other) & {name for name in names if name.startswith("backend-api")}
    smoke = (sys.executable, "-m", "ops", "smoke")
    assert other.run(*smoke).stdout.count("ok  http://") == 4
    other.destroy("dev")
    assert other.status()["objects"] == {}
    # The first one has noticed nothing.
    assert pods(saved) == names
    unchanged(saved)


def test_damage_is_named_and_changes_nothing(saved: Checkout) -> None:
    status, names = saved.status(), pods(saved)
    file = saved.path / ".emulator/snapshots/before/state/clusters/openmarket-dev-eks/etcd/member/snap/db"
    content = file.read_bytes()
    try:
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        refused = saved.emulator("restore", "before", check=False)
    finally:
        file.write_bytes(content)
    assert refused.returncode == 1
    assert refused.stdout == (
        "snapshot before is damaged: state/clusters/openmarket-dev-eks/etcd/member/snap/db has changed since\n"
    )
    assert saved.status() == status
    assert pods(saved) == names


def test_nothing_is_saved_or_restored_while_the_engine_works(saved: Checkout) -> None:
    locks = saved.path / ".emulator/backend/.pulumi/locks"
    command = ["pulumi", "up", "--stack", "dev", "--yes", "--skip-preview", "--non-interactive"]
    words = [sys.executable, "-m", "emulator", "run", "--", *command]
    with subprocess.Popen(words, cwd=saved.path, stdout=subprocess.PIPE, text=True) as up:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not (found := list(locks.rglob("*.json"))):
            assert up.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.05)
        # It must not end before somebody has tried.
        engine = json.loads(found[0].read_text())["pid"]
        os.kill(engine, signal.SIGSTOP)
        try:
            for words in (("save", "after"), ("restore", "before")):
                refused = saved.emulator(*words, check=False)
                assert refused.returncode == 1
                assert refused.stdout.startswith(f"an operation changes the stack dev (process {engine})")
        finally:
            os.kill(engine, signal.SIGCONT)
        printed, _ = up.communicate(timeout=PATIENCE_SECONDS)
    assert up.returncode == 0, printed
    assert "unchanged" in printed
    assert "after" not in saved.emulator("snapshots", "--json").stdout


def test_processes_that_a_killed_save_left_suspended_go_on(saved: Checkout) -> None:
    names = pods(saved)
    for record in (saved.path / ".emulator/processes").rglob("*.json"):
        os.kill(int(record.read_text().partition('"pid": ')[2].partition(",")[0]), signal.SIGSTOP)
    assert pods(saved) == names


def test_a_snapshot_is_removed(saved: Checkout) -> None:
    saved.emulator("save", "passing")
    assert '"passing"' in saved.emulator("snapshots", "--json").stdout
    saved.emulator("snapshots", "--remove", "passing")
    assert '"passing"' not in saved.emulator("snapshots", "--json").stdout
    assert "there is no snapshot passing in " in saved.emulator("restore", "passing", check=False).stdout


def test_new_pods_of_a_restored_cluster_share_no_address(saved: Checkout) -> None:
    restore(saved)
    saved.run("kubectl", "-n", NAMESPACE, "rollout", "restart", "deployment")
    saved.run("kubectl", "-n", NAMESPACE, "rollout", "status", "deployment", f"--timeout={PATIENCE_SECONDS}s")
    there = saved.kubectl("dev", "get", "pods", "--all-namespaces")["items"]
    own = [pod["status"].get("podIP") for pod in there if not pod["spec"].get("hostNetwork")]
    assert None not in own
    assert len(set(own)) == len(own)
