"""A first install that dies with its machine leaves what Helm leaves, and the runbook's way out works."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.checkout import Checkout
from tests.e2e.ordering import ALL_AT_ONCE, cut, late

pytestmark = pytest.mark.e2e

RELEASE, PERMISSION = "addons-autoscaler-release", "addons-autoscaler-identity-scaling"
PATIENCE_SECONDS = 120


def records(checkout: Checkout) -> list[dict[str, Any]]:
    """Helm's records of the release."""
    selector = "owner=helm,name=cluster-autoscaler"
    return checkout.kubectl("dev", "get", "secret", "-n", "kube-system", "-l", selector)["items"]


def family(pid: int) -> list[int]:
    """A process and all that it started, as far as they still have their parents."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def test_a_killed_install_is_pending_until_somebody_takes_it_away(deployed: Checkout) -> None:
    # Everything but the release is there already: control plane and controllers have to survive.
    with cut(deployed, {RELEASE: [PERMISSION]}):
        deployed.up("dev")
        deployed.pulumi("destroy", "dev", "--yes", f"--target=**{RELEASE}", f"--target=**{PERMISSION}")
        command = ["pulumi", "up", "--stack", "dev", "--yes", "--skip-preview", "--non-interactive", ALL_AT_ONCE]
        environment = {**os.environ, **late(PERMISSION, time=1)}
        with subprocess.Popen(
            [sys.executable, "-m", "emulator", "run", "--", *command], cwd=deployed.path, env=environment
        ) as process:
            patience = time.monotonic() + PATIENCE_SECONDS
            while not records(deployed) and time.monotonic() < patience:
                time.sleep(0.5)
            for pid in family(process.pid):
                os.kill(pid, signal.SIGKILL)

    (record,) = records(deployed)
    assert record["metadata"]["labels"]["status"] == "pending-install"
    assert "the stack is currently locked" in deployed.up("dev", check=False)
    deployed.pulumi("cancel", "dev", "--yes")
    printed = deployed.up("dev", check=False)
    assert "pending operations from previous deployment" in printed
    assert "cannot re-use a name that is still in use" in printed

    deployed.run("kubectl", "delete", "secret", "-n", "kube-system", record["metadata"]["name"])
    deployed.up("dev")
    (record,) = records(deployed)
    assert record["metadata"]["labels"]["status"] == "deployed"
    deployed.destroy("dev")
    assert deployed.status()["objects"] == {}
