"""The life of one stack, from the day on which a person makes it to the day on which it goes, never made anew.

The tests are the days, in their order; each begins where the one before has ended.
"""

import time
from copy import deepcopy
from typing import Any

import pytest
import yaml

from tests.e2e.checkout import Checkout
from tests.e2e.test_day_two_cluster import HEAVY, nodes
from tests.e2e.test_identities import PREVIEWER, READS, as_

pytestmark = pytest.mark.e2e

ACCOUNT = "123456789012"
PERSON: dict[str, Any] = {"env": {"OPENMARKET_EMULATOR_CALLER": f"arn:aws:iam::{ACCOUNT}:user/mina"}}
DEPLOYER = "openmarket-deployer"
"""The role of whoever does not say who they are: here, of CI."""
NAMES = ("kubectl", "-n", "openmarket-dev")
SERVICE = "backend-api"
OLD_DATABASE, NEW_DATABASE = "8.0.mysql_aurora.3.10.4", "8.0.mysql_aurora.3.12.0"
PASSWORD = (
    "urn:pulumi:dev::openmarket::openmarket:data:Stores$openmarket:data:Aurora$random:index/randomPassword:RandomPassword"
    "::data-database-app-db-password"
)
READY_SECONDS = 180


@pytest.fixture(scope="module")
def stack(checkout: Checkout) -> Checkout:
    """The stack dev, which leaves the database's changes to the maintenance window as production does."""
    roles = {"administrators": [DEPLOYER], "auditors": [], "viewers": [PREVIEWER]}
    access = {kind: [f"arn:aws:iam::{ACCOUNT}:role/{role}" for role in named] for kind, named in roles.items()}
    checkout.configure("dev", "cluster", access=access)
    checkout.configure("dev", "database", engineVersion=OLD_DATABASE, applyImmediately=False)
    return checkout


def release(checkout: Checkout, image: str, **options: Any) -> str:
    """Deploy the image as CI does."""
    stanza = checkout.stack_file("dev")["openmarket:services"][SERVICE]
    checkout.configure("dev", "services", **{SERVICE: stanza | {"image": image}})
    return checkout.up("dev", **options)


def image(checkout: Checkout) -> str:
    found = checkout.kubectl("dev", "get", "deployment", SERVICE, "-n", "openmarket-dev")
    return found["spec"]["template"]["spec"]["containers"][0]["image"]


def pushed(checkout: Checkout, tag: str) -> str:
    return checkout.emulator("push", f"openmarket-dev/{SERVICE}", tag).stdout.strip()


def unchanged(checkout: Checkout) -> None:
    """Nothing is left to do, and nothing differs from what is really there."""
    checkout.pulumi("preview", "dev", "--refresh", "--expect-no-changes")


def wait(checkout: Checkout) -> None:
    """Wait until the shop's pods are ready again."""
    for name in (SERVICE, "frontend-web"):
        checkout.run(*NAMES, "rollout", "status", f"deployment/{name}", f"--timeout={READY_SECONDS}s")


def test_a_person_creates_it_and_ci_deploys_from_then_on(stack: Checkout) -> None:
    stack.up("dev", **PERSON)
    stack.configure("dev", "application", logLevel="info")
    stack.up("dev")
    unchanged(stack)


def test_the_preview_role_previews_and_changes_nothing(stack: Checkout) -> None:
    reader = as_(PREVIEWER, **READS)
    stack.pulumi("preview", "dev", "--expect-no-changes", **reader)
    pods = stack.run(*NAMES, "get", "pods", "--output", "name", **reader).stdout.split()
    refused = stack.run(*NAMES, "delete", pods[0], "--wait=false", check=False, **reader)
    assert 'cannot delete resource "pods"' in refused.stdout


def test_load_rises_and_the_maximum_is_raised_at_the_peak(stack: Checkout) -> None:
    before = nodes(stack)
    file = stack.path / "heavy.yaml"
    file.write_text(yaml.safe_dump(HEAVY))
    stack.run("kubectl", "apply", "--filename", str(file))
    give_up = time.monotonic() + READY_SECONDS
    while len(nodes(stack)) < len(before) + 2:
        assert time.monotonic() < give_up, "the autoscaler adds no nodes"
        time.sleep(2)
    grown = nodes(stack)
    groups = deepcopy(stack.stack_file("dev")["openmarket:cluster"]["nodeGroups"])
    groups["general"]["max"] += 2
    stack.configure("dev", "cluster", nodeGroups=groups)
    stack.up("dev")
    assert nodes(stack).keys() >= grown.keys()
    stack.run("kubectl", "delete", "--filename", str(file))


def test_a_node_is_lost(stack: Checkout) -> None:
    there = nodes(stack)
    stack.emulator("aws-acts", "node-replacement", "--stack", "dev")
    assert nodes(stack).keys() - there.keys()
    wait(stack)
    unchanged(stack)


def test_a_hotfix_and_the_release_after_it(stack: Checkout) -> None:
    hotfix = pushed(stack, "hotfix")
    stack.run(*NAMES, "set", "image", f"deployment/{SERVICE}", f"{SERVICE}={hotfix}")
    assert image(stack) == hotfix
    released = pushed(stack, "1.1")
    release(stack, released)
    assert image(stack) == released
    unchanged(stack)


def test_a_password_is_rotated(stack: Checkout) -> None:
    stack.up("dev", "--replace", PASSWORD)
    wait(stack)
    unchanged(stack)


def test_a_zone_is_added(stack: Checkout) -> None:
    stack.configure("dev", "network", zones=["a", "b", "c"])
    stack.up("dev")
    wait(stack)
    assert {zone[-1] for zone in nodes(stack).values()} == {"a", "b", "c"}
    unchanged(stack)


def test_kubernetes_gets_its_next_minor_version(stack: Checkout) -> None:
    stack.configure("dev", "cluster", version="1.37")
    autoscaler = stack.stack_file("dev")["openmarket:addons"]["clusterAutoscaler"]
    stack.configure("dev", "addons", clusterAutoscaler=autoscaler | {"imageTag": "v1.37.0"})
    stack.up("dev")
    wait(stack)
    unchanged(stack)


def test_the_database_changes_in_its_maintenance_window(stack: Checkout) -> None:
    stack.configure("dev", "database", engineVersion=NEW_DATABASE)
    assert "waits for the maintenance window" in stack.make("up", "STACK=dev")
    opened = stack.emulator("window", "--stack", "dev").stdout
    assert f"engineVersion is {NEW_DATABASE}" in opened
    unchanged(stack)


def test_a_release_fails_and_is_taken_back(stack: Checkout) -> None:
    good = image(stack)
    missing = f"{good.partition('@')[0]}@sha256:{'0' * 64}"
    stanza = stack.stack_file("dev")["openmarket:services"][SERVICE]
    stack.configure("dev", "services", **{SERVICE: stanza | {"startupSeconds": 5}})
    options = {"env": {"OPENMARKET_EMULATOR_TIME": "0.05"}}
    assert missing in release(stack, missing, check=False, **options)
    release(stack, good)
    assert image(stack) == good
    unchanged(stack)


def test_it_goes_and_leaves_nothing(stack: Checkout) -> None:
    stack.destroy("dev")
    assert stack.status()["objects"] == {}
