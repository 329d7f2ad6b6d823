"""What people do by hand, by commands: they look, act on the cluster or through the stack file, and leave a line."""

import json
import re
import sys
import time
from typing import Any

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

SERVICE, NAMESPACE = "backend-api", "openmarket-dev"
PATIENCE_SECONDS = 30
"""How long the garbage collector of Kubernetes may take."""


def ops(checkout: Checkout, *words: str, check: bool = True) -> str:
    return checkout.run(sys.executable, "-m", "ops", *words, "--stack", "dev", check=check).stdout


def pods(checkout: Checkout) -> set[str]:
    """Names of the service's pods that are not on their way out."""
    label = f"app.kubernetes.io/name={SERVICE}"
    found = checkout.kubectl("dev", "get", "pods", "-n", NAMESPACE, "-l", label)["items"]
    return {pod["metadata"]["name"] for pod in found if "deletionTimestamp" not in pod["metadata"]}


def status(checkout: Checkout) -> dict[str, Any]:
    """What `status` says of the service."""
    listed = json.loads(ops(checkout, "status", "--json"))["services"]
    return next(each for each in listed if each["name"] == SERVICE)


def audit(checkout: Checkout) -> list[tuple[str, str]]:
    """The commands that acted, and how they ended."""
    lines = (checkout.path / ".emulator" / "audit.jsonl").read_text().splitlines()
    return [(line["command"], line["outcome"]) for line in map(json.loads, lines)]


def test_a_look_shows_what_runs_and_what_it_writes(deployed: Checkout) -> None:
    seen = status(deployed)
    assert (seen["ready"], seen["desired"], seen["placeholder"], seen["restarts"]) == (2, 2, True, 0)
    assert all(f"[pod/{pod}/" in ops(deployed, "logs", SERVICE, "--tail", "1") for pod in pods(deployed))
    assert " update " in ops(deployed, "history")
    assert "Nothing to recover" in ops(deployed, "recover", "--yes")


def test_a_page_about_the_stack_has_what_runs(deployed: Checkout) -> None:
    said = ops(deployed, "report")
    page = (deployed.path / ".emulator" / "reports" / "dev.html").read_text()
    assert said.strip().endswith("dev.html")
    assert deployed.outputs("dev")["alb_dns"] in page
    assert "2027-08-02, in " in page, "AWS tells the end of support of the version"
    assert "[secret]" not in page, "no output is secret, apart from the kubeconfig, which is left out"


def test_nothing_acts_without_being_told_to(deployed: Checkout) -> None:
    before = pods(deployed)
    assert "add --yes to act" in ops(deployed, "restart", SERVICE, check=False)
    assert SERVICE in ops(deployed, "restart", SERVICE, "--dry-run")
    assert pods(deployed) == before


def test_a_restart_replaces_the_pods(deployed: Checkout) -> None:
    before = pods(deployed)
    assert "2 of 2 pods are ready" in ops(deployed, "restart", SERVICE, "--yes")
    assert not before & pods(deployed)
    assert audit(deployed)[-1] == (f"restart {SERVICE}", "done")


WATCHED = """
kubectl get networkpolicies --namespace "$0" --watch --output-watch-events --no-headers &
"$@"
kill $!
"""
"""A script that tells which network policies come and go while a command runs."""


def policies(checkout: Checkout) -> set[str]:
    found = checkout.kubectl("dev", "get", "networkpolicies", "-n", NAMESPACE)["items"]
    return {each["metadata"]["name"] for each in found}


@pytest.mark.parametrize(
    ("words", "has", "made"),
    [
        (["database"], "with openmarket-db-credentials-", 1),
        (["cache"], "with openmarket-redis-credentials-", 1),
        # One of them lets it in at the service that this one calls.
        (["pod", "frontend-web"], "with the environment of frontend-web, without its Secrets", 2),
        (["pod", SERVICE, "--write"], f"has the service account of {SERVICE}", 1),
    ],
    ids=["database", "cache", "pod", "pod as the service"],
)
def test_a_session_is_admitted_and_leaves_nothing(words: list[str], has: str, made: int, deployed: Checkout) -> None:
    before, theirs = jobs(deployed), policies(deployed)
    assert has in ops(deployed, "connect", *words, "--dry-run")
    assert (jobs(deployed), policies(deployed)) == (before, theirs)
    session = (sys.executable, "-m", "ops", "connect", *words, "--yes", "--stack", "dev")
    seen = deployed.emulator("run", "--stack", "dev", "--", "sh", "-c", WATCHED, NAMESPACE, *session).stdout
    assert len(re.findall(rf"^ADDED +connect-{words[0]}-", seen, re.MULTILINE)) == made
    # The pod has passed quota and Pod Security, and its container ends at once here.
    last = json.loads((deployed.path / ".emulator" / "audit.jsonl").read_text().splitlines()[-1])
    assert last["command"] == f"connect {' '.join(words)}"
    assert last["says"].endswith("has ended before the session, as no container runs on the emulator")
    ends = time.monotonic() + PATIENCE_SECONDS
    while (jobs(deployed), policies(deployed)) != (before, theirs):
        assert time.monotonic() < ends, "the Job or its network policies are still there"
        time.sleep(1)


def test_a_scale_at_once_lasts_until_a_deployment_that_compares(deployed: Checkout) -> None:
    ops(deployed, "scale", SERVICE, "3", "--now", "--yes")
    assert (status(deployed)["ready"], status(deployed)["least"]) == (3, 3)
    deployed.up("dev", "--refresh")
    assert status(deployed)["least"] == 2


def held(checkout: Checkout) -> tuple[str, str]:
    """The name of the Secret with which the service's pods reach the database, and the password in it, encoded."""
    found = checkout.kubectl("dev", "get", "deployment", SERVICE, "-n", NAMESPACE)
    sources = found["spec"]["template"]["spec"]["containers"][0]["envFrom"]
    names = [each["secretRef"]["name"] for each in sources if "secretRef" in each]
    (name,) = [each for each in names if each.startswith("openmarket-db-credentials-")]
    return name, checkout.kubectl("dev", "get", "secret", name, "-n", NAMESPACE)["data"]["DB_PASSWORD"]


def jobs(checkout: Checkout) -> set[str]:
    return {each["metadata"]["name"] for each in checkout.kubectl("dev", "get", "jobs", "-n", NAMESPACE)["items"]}


def test_a_rotation_reaches_the_database_and_every_pod(deployed: Checkout) -> None:
    secret, password = held(deployed)
    before, ran = pods(deployed), jobs(deployed)
    assert "DB_PASSWORD" not in ops(deployed, "rotate", "database", "--dry-run")
    assert held(deployed) == (secret, password)
    assert re.search(r"none of \d+ pods runs with the old one", ops(deployed, "rotate", "database", "--yes"))
    after = held(deployed)
    assert (after[0] == secret, after[1] == password) == (False, False)
    assert not before & pods(deployed)
    assert jobs(deployed) - ran, "no Job has set the password in the database"
    assert audit(deployed)[-1] == ("rotate database", "done")
    deployed.up("dev", "--expect-no-changes")


def test_outputs_hold_nothing_secret_and_grafana_is_off(deployed: Checkout) -> None:
    outputs = json.loads(ops(deployed, "outputs", "--json"))
    assert outputs["namespace"] == NAMESPACE
    assert "kubeconfig" not in outputs
    assert "`enabled` of `prometheus`" in ops(deployed, "grafana", check=False)


def test_a_rollback_goes_through_the_stack_file(deployed: Checkout) -> None:
    file = deployed.path / "Pulumi.dev.yaml"
    stanza = deployed.stack_file("dev")["openmarket:services"][SERVICE]
    images = [deployed.emulator("push", f"{NAMESPACE}/{SERVICE}", tag).stdout.strip() for tag in ("1.0", "1.1")]
    for image in images:
        deployed.configure("dev", "services", **{SERVICE: stanza | {"image": image}})
        deployed.up("dev")
    ops(deployed, "rollback", SERVICE, "--yes")
    assert deployed.stack_file("dev")["openmarket:services"][SERVICE]["image"] == images[0]
    assert images[0].rpartition("@")[2] in status(deployed)["image"]
    command, outcome = audit(deployed)[-1]
    assert (command.partition(" --to ")[0], outcome) == (f"rollback {SERVICE}", "done")
    assert file.read_text().count(images[0]) == 1
    deployed.up("dev", "--expect-no-changes")
