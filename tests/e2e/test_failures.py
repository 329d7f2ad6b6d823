"""What goes wrong is said in one place, costs nothing, and can be recovered from."""

import os
import signal

import pytest
import yaml

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e


def test_bad_configuration_creates_nothing(checkout: Checkout) -> None:
    stack_file = checkout.path / "Pulumi.dev.yaml"
    before = stack_file.read_text()
    settings = yaml.safe_load(before)
    settings["config"]["openmarket:network"]["cidr"] = "10.10.0.0/28"
    settings["config"]["openmarket:network"]["zones"] = ["a"]
    settings["config"]["openmarket:nonsense"] = True
    del settings["config"]["openmarket:domain"]
    stack_file.write_text(yaml.safe_dump(settings, sort_keys=False))
    try:
        printed = checkout.up("dev", check=False)
    finally:
        stack_file.write_text(before)
    for problem in ("openmarket:network.cidr", "openmarket:network.zones", "openmarket:nonsense", "openmarket:domain"):
        assert problem in printed
    assert "Traceback" not in printed
    status = checkout.status()
    assert status["objects"] == {}
    assert status["control_planes"] == {}


def test_a_crash_is_recovered_from(deployed: Checkout) -> None:
    records = deployed.path / ".emulator" / "processes"
    (record,) = records.rglob("kube-apiserver.json")
    os.kill(yaml.safe_load(record.read_text())["pid"], signal.SIGKILL)
    deployed.emulator("down")
    deployed.up("dev", "--expect-no-changes")
    deployed.destroy("dev")
    assert deployed.status()["objects"] == {}
