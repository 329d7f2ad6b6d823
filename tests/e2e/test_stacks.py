"""Staging and production come up side by side and at the same time, and production goes only when told twice."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

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


def test_the_documented_way_down_leaves_a_snapshot_only(deployed: Checkout) -> None:
    stack_file = deployed.path / "Pulumi.prod.yaml"
    text = stack_file.read_text()
    assert "openmarket:deletionProtection: true" in text
    stack_file.write_text(text.replace("openmarket:deletionProtection: true", "openmarket:deletionProtection: false"))
    deployed.up("prod")
    for stack in STACKS:
        deployed.destroy(stack)
    status = deployed.status()
    assert status["objects"] == {"-": {"aws:rds/clusterSnapshot:ClusterSnapshot": 1}}
    assert status["control_planes"] == {}
