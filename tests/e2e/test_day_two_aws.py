"""What AWS does to a stack when its time has come: maintenance windows, and what AWS does by itself."""

import json
import time

import pytest

from tests.e2e.checkout import Checkout
from tests.e2e.newer_chart import raise_pin

pytestmark = pytest.mark.e2e

OLD, NEW, NEWEST = (f"8.0.mysql_aurora.3.{patch}" for patch in ("10.4", "10.5", "12.0"))
OLD_CACHE, NEW_CACHE = "8.1", "8.2"
READY_SECONDS = 120
DATABASE = f"data-database-cluster: engineVersion {NEW} waits for the maintenance window of sun:18:30-sun:19:30 UTC"
CACHE = "data-cache-group: nodeType cache.t4g.small waits for the maintenance window of sun:18:00-sun:19:00 UTC"


@pytest.fixture(scope="module")
def deployed(checkout: Checkout) -> Checkout:
    """The stack dev, which leaves changes to the maintenance windows as production does."""
    checkout.configure("dev", "database", engineVersion=OLD, applyImmediately=False)
    checkout.configure("dev", "cache", engineVersion=OLD_CACHE, applyImmediately=False)
    checkout.up("dev")
    return checkout


def drift(checkout: Checkout) -> str:
    return checkout.make("drift", "STACK=dev")


def test_changes_of_class_and_version_wait_for_the_window(deployed: Checkout) -> None:
    deployed.configure("dev", "database", engineVersion=NEW)
    deployed.configure("dev", "cache", nodeType="cache.t4g.small")
    told = deployed.make("up", "STACK=dev")
    assert f"Waits for AWS:\n  {CACHE}\n" in told.replace(f"  {DATABASE}\n", "")
    assert DATABASE in told
    # The provider reads the old node type, and asks for the new one again. AWS keeps it for the window.
    again = deployed.make("preview", "STACK=dev", "REFRESH=yes")
    assert CACHE in again
    assert "1 to update" in again
    told = drift(deployed)
    assert "No drift: dev." in told
    assert "is different" not in told
    assert "nodeType cache.t4g.small waits for the maintenance window of sun:18:00-sun:19:00 UTC" in told
    comment = deployed.make("plan", "STACK=dev")
    assert "nothing changes" in comment
    assert CACHE.partition(": ")[2] in comment


def test_after_the_window_nothing_waits_and_nothing_differs(deployed: Checkout) -> None:
    opened = deployed.emulator("window", "--stack", "dev").stdout
    assert "openmarket-dev-cache: nodeType is cache.t4g.small, and was cache.t4g.micro until" in opened
    assert f"openmarket-dev-aurora: engineVersion is {NEW}, and was {OLD} until" in opened
    told = drift(deployed)
    assert "No drift: dev." in told
    assert "waits" not in told
    assert "Waits" not in deployed.make("up", "STACK=dev", "REFRESH=yes")
    deployed.pulumi("preview", "dev", "--expect-no-changes")


def test_an_operator_applies_at_once(deployed: Checkout) -> None:
    deployed.configure("dev", "cache", nodeType="cache.t4g.micro", applyImmediately=True)
    assert "Waits" not in deployed.make("up", "STACK=dev")
    deployed.pulumi("preview", "dev", "--expect-no-changes")


def test_what_aws_upgrades_is_named_and_not_taken_back(deployed: Checkout) -> None:
    upgrades = ("eks-upgrade", f"aurora-upgrade --version {NEWEST}", f"cache-upgrade --version {NEW_CACHE}")
    for act in (*upgrades, "log-delivery"):
        deployed.emulator("aws-acts", *act.split(), "--stack", "dev")
    # The engine does not know of it, and the program does not touch what AWS has raised.
    told = deployed.make("up", "STACK=dev")
    assert "Warning: openmarket:cluster.version is 1.36 needs" in told
    assert f"Warning: openmarket:cache.engineVersion is {OLD_CACHE} needs" in told
    deployed.up("dev", "--expect-no-changes")
    told = drift(deployed)
    assert "the control plane was upgraded from 1.36 to 1.37, by EKS" in told
    assert f"Aurora was upgraded from {NEW} to {NEWEST}, by RDS" in told
    assert f"the cache was upgraded from valkey {OLD_CACHE} to valkey {NEW_CACHE}, by ElastiCache" in told
    assert "AWS's log delivery has added its own statement" in told
    assert told.count("is different") == 4
    assert deployed.make("up", "STACK=dev", "REFRESH=yes").count("1 updated") == 1
    deployed.pulumi("preview", "dev", "--refresh", "--expect-no-changes")
    assert version(deployed) == "1.37"


def version(checkout: Checkout) -> str:
    described = checkout.run("aws", "eks", "describe-cluster", "--name", "openmarket-dev-eks").stdout
    return json.loads(described)["cluster"]["version"]


def test_the_stack_file_follows_aws(deployed: Checkout) -> None:
    deployed.configure("dev", "database", engineVersion=NEWEST)
    deployed.configure("dev", "cache", engineVersion=NEW_CACHE)
    deployed.configure("dev", "cluster", version="1.37")
    autoscaler = deployed.stack_file("dev")["openmarket:addons"]["clusterAutoscaler"]
    deployed.configure("dev", "addons", clusterAutoscaler=autoscaler | {"imageTag": "v1.37.0"})
    told = deployed.make("up", "STACK=dev", "REFRESH=yes")
    assert "Waits" not in told
    deployed.pulumi("preview", "dev", "--refresh", "--expect-no-changes")


@pytest.mark.parametrize("act", ["node-replacement", "spot-interruption"])
def test_a_node_that_goes_is_replaced_and_is_no_drift(deployed: Checkout, act: str) -> None:
    before = nodes(deployed)
    gone = deployed.emulator("aws-acts", act, "--stack", "dev").stdout.partition(":")[0]
    after = nodes(deployed)
    assert gone in before - after
    assert after - before
    give_up = time.monotonic() + READY_SECONDS
    while missing := unready(deployed):
        assert time.monotonic() < give_up, f"not ready again: {missing}"
        time.sleep(2)
    deployed.up("dev", "--expect-no-changes")
    deployed.up("dev", "--refresh")
    assert "No drift: dev." in drift(deployed)


def nodes(checkout: Checkout) -> set[str]:
    return {node["metadata"]["name"] for node in checkout.kubectl("dev", "get", "nodes")["items"]}


def unready(checkout: Checkout) -> list[str]:
    found = checkout.kubectl("dev", "get", "deployments", "--all-namespaces")["items"]
    return [
        each["metadata"]["name"] for each in found if each["status"].get("readyReplicas", 0) != each["spec"]["replicas"]
    ]


def test_a_raised_pin_upgrades_the_definitions_of_a_chart_first(deployed: Checkout) -> None:
    """Helm leaves the folder `crds` of a chart alone once there is a release of it."""
    name, field = "targetgroupbindings.elbv2.k8s.aws", "inTheNewVersion"
    assert field not in json.dumps(deployed.kubectl("dev", "get", "customresourcedefinition", name))
    raise_pin(deployed, field)
    told = deployed.make("up", "STACK=dev")
    assert "2 updated" in told  # the release, and the one definition that differs
    assert field in json.dumps(deployed.kubectl("dev", "get", "customresourcedefinition", name))
    deployed.up("dev", "--expect-no-changes")
    deployed.pulumi("preview", "dev", "--refresh", "--expect-no-changes")
