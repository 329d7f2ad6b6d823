"""Staging and production come up side by side and at the same time, and production goes only when told twice."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from emulator.aws.types.rds import INSTANCE
from emulator.store import Store
from tests.e2e.checkout import Checkout
from tests.ops.cost_documentation import estimated

pytestmark = pytest.mark.e2e

STACKS = ("staging", "prod")


@pytest.fixture(scope="module")
def deployed(checkout: Checkout) -> Checkout:
    """Both stacks, brought up at the same time."""
    with ThreadPoolExecutor(len(STACKS)) as pool:
        list(pool.map(checkout.up, STACKS))
    return checkout


def test_both_run(deployed: Checkout) -> None:
    assert len(deployed.status()["control_planes"]) == len(STACKS)
    for stack in STACKS:
        namespace = deployed.outputs(stack)["namespace"]
        deployment = deployed.kubectl(stack, "get", "deployment", "frontend-web", "-n", namespace)
        assert deployment["status"]["readyReplicas"] == deployment["spec"]["replicas"]
        deployed.up(stack, "--expect-no-changes")


@pytest.mark.parametrize("stack", STACKS)
def test_the_bill_is_the_documented_one(deployed: Checkout, stack: str) -> None:
    assert deployed.cost(stack)["total"] == float(round(estimated(stack).total, 2))


def test_production_is_protected(deployed: Checkout) -> None:
    before = deployed.status()["objects"]["prod"]
    assert "protect" in deployed.destroy("prod", check=False)
    assert deployed.status()["objects"]["prod"] == before


def test_what_would_replace_data_is_refused_in_production(deployed: Checkout) -> None:
    state = json.loads(deployed.pulumi("stack export", "prod"))
    urns = {each["type"]: each["urn"] for each in state["deployment"]["resources"] if each.get("protect")}
    printed = deployed.pulumi("preview", "prod", "--replace", urns["aws:rds/cluster:Cluster"], check=False)
    assert "unable to replace resource" in printed
    assert "marked for protection" in printed


def test_a_zone_that_is_lost_takes_no_service_and_no_data_with_it(deployed: Checkout) -> None:
    store = Store(deployed.path / ".emulator" / "aws.sqlite")
    writers = [each for each in store.find(INSTANCE) if each.outputs.get("writer")]
    (writer,) = [each for each in writers if each.urn.startswith("urn:pulumi:prod::")]
    zone, host = writer.outputs["availabilityZone"], deployed.outputs("prod")["database_endpoint"]
    deployed.emulator("rows", host, "order-1=paid")
    nodes = deployed.kubectl("prod", "get", "nodes", "-l", f"topology.kubernetes.io/zone={zone}")["items"]
    names = {node["metadata"]["name"] for node in nodes}
    lost = {pod["metadata"]["uid"] for pod in pods(deployed) if pod["spec"].get("nodeName") in names}
    assert lost, "the zone has pods of the shop"
    said = deployed.emulator("aws-acts", "zone-failure", "--zone", zone, "--stack", "prod").stdout
    assert f"{len(nodes)} nodes in {zone} are gone" in said
    assert f"has taken over from {writer.id}" in said
    # Every service is complete again, with pods in place of those that are gone.
    give_up = time.monotonic() + 300
    while missing := incomplete(deployed, lost):
        assert time.monotonic() < give_up, missing
        time.sleep(2)
    # The database is at the same address, with what was in it.
    assert deployed.outputs("prod")["database_endpoint"] == host
    assert deployed.emulator("rows", host).stdout == "order-1=paid\n"
    deployed.up("prod", "--expect-no-changes")


def pods(checkout: Checkout) -> list[dict[str, Any]]:
    """The pods of production's services that are to stay."""
    selector = "app.kubernetes.io/name in (backend-api,frontend-web)"
    found = checkout.kubectl("prod", "get", "pods", "-n", "openmarket-prod", "-l", selector)["items"]
    return [each for each in found if "deletionTimestamp" not in each["metadata"]]


def incomplete(checkout: Checkout, lost: set[str]) -> list[str]:
    """Services of production with fewer ready pods than they should have, or with one of those that are lost."""
    found = checkout.kubectl("prod", "get", "deployments", "-n", "openmarket-prod")["items"]
    wanted = {each["metadata"]["name"]: each["spec"]["replicas"] for each in found}
    there = pods(checkout)
    if {pod["metadata"]["uid"] for pod in there} & lost:
        return list(wanted)
    ready = [
        pod["metadata"]["labels"]["app.kubernetes.io/name"] for pod in there if _ready(pod).get("status") == "True"
    ]
    return [name for name, number in wanted.items() if ready.count(name) < number]


def _ready(pod: dict[str, Any]) -> dict[str, Any]:
    return next((each for each in pod["status"].get("conditions", ()) if each["type"] == "Ready"), {})


def test_the_documented_way_down_leaves_a_snapshot_only(deployed: Checkout) -> None:
    stack_file = deployed.path / "Pulumi.prod.yaml"
    text = stack_file.read_text()
    assert "openmarket:deletionProtection: true" in text
    stack_file.write_text(text.replace("openmarket:deletionProtection: true", "openmarket:deletionProtection: false"))
    deployed.up("prod")
    for stack in STACKS:
        deployed.destroy(stack)
    status = deployed.status()
    # Each with the rows that were written above.
    left = {"aws:rds/clusterSnapshot:ClusterSnapshot": 1, "aws:rds/retainedBackup:RetainedBackup": 1}
    assert status["objects"] == {"-": {**left, "aws:rds/rows:Rows": len(left)}}
    assert status["control_planes"] == {}
    # From them production can come back.
    words = ("run", "--", sys.executable, "-m", "ops", "restore", "--from", "latest", "--dry-run")
    said = deployed.emulator(*words, "--stack", "prod").stdout
    assert "of the automatic backups that are left of openmarket-prod-aurora, which is deleted" in said
