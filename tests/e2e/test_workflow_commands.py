"""What the workflows run: each as one make target, on the emulator."""

import re
import subprocess
from pathlib import Path

import pytest

from ops.post import MARKER
from tests.e2e import start
from tests.e2e.checkout import Checkout
from tests.ops.fake_github import REPOSITORY, serving

pytestmark = pytest.mark.e2e

NAMESPACE = "openmarket-dev"
COMMIT = "c" * 40


@pytest.fixture(scope="module")
def deployed(checkout: Checkout, snapshots: Path) -> Checkout:
    """The dev stack, deployed, and its files as a commit."""
    for words in ("init -q", "add -A", "-c user.name=t -c user.email=t@example.com commit -qm base"):
        subprocess.run(["git", *words.split()], cwd=checkout.path, check=True)
    start.deployed(checkout, snapshots, "dev")
    return checkout


def test_every_host_answers(deployed: Checkout) -> None:
    printed = deployed.make("smoke", "STACK=dev")
    assert printed.count("ok  http://") == 4
    assert printed.count("(simulated: ") == 4


def test_a_service_without_targets_fails_the_smoke_test(deployed: Checkout) -> None:
    scale = ("kubectl", "-n", NAMESPACE, "scale", "deployment/backend-api", "--replicas")
    deployed.run(*scale, "0")
    deployed.run("kubectl", "-n", NAMESPACE, "wait", "--for=delete", "pod", "-l", "app.kubernetes.io/name=backend-api")
    smoke = (".venv/bin/python", "-m", "ops", "smoke", "--seconds", "2")
    failed = deployed.run(*smoke, check=False)
    deployed.run(*scale, "2")
    assert failed.returncode == 1
    assert "http://api.dev.openmarket.example.com/health/ready: answered 503" in failed.stdout


def test_an_image_is_pushed_recorded_and_rolled_out(deployed: Checkout) -> None:
    source = deployed.path.parent / "openmarket" / "frontend"
    source.mkdir(parents=True)
    (source / "Dockerfile").write_text("FROM scratch\n")
    static = source / "emulator-files" / "app" / ".next" / "static" / "chunks"
    static.mkdir(parents=True)
    (static / "main-1.js").write_text("1\n")
    shown = deployed.make("images", "STACK=dev", "SERVICES=frontend")
    assert "$ docker buildx build" in shown
    file = deployed.path / "Pulumi.dev.yaml"
    before = file.read_text()
    words = (".venv/bin/python", "-m", "ops", "images", "deploy", "frontend", "--tag", "v1")
    said = deployed.run(*words).stdout
    # As docs/configuration.md has it, "Files of Next.js".
    copied = re.search(r"1 of 1 files copied to s3://(\S+)/_next/static/", said)
    assert copied
    listing = ("aws", "s3api", "list-objects-v2", "--bucket", copied[1], "--prefix", "_next/static/")
    assert "_next/static/chunks/main-1.js" in deployed.run(*listing).stdout
    image = deployed.stack_file("dev")["openmarket:services"]["frontend-web"]["image"]
    deployed.make("up", "STACK=dev")
    pods = deployed.kubectl("dev", "get", "pods", "-n", NAMESPACE, "-l", "app.kubernetes.io/name=frontend-web")["items"]
    running = {pod["spec"]["containers"][0]["image"] for pod in pods if not pod["metadata"].get("deletionTimestamp")}
    assert running == {image}
    file.write_text(before)
    deployed.make("up", "STACK=dev")


def test_drift_is_told_and_no_state_changes(deployed: Checkout) -> None:
    state = deployed.pulumi("stack export", "dev")
    assert deployed.make("drift", "STACK=dev").endswith("\nNo drift: dev.\n")
    deployed.run("kubectl", "-n", NAMESPACE, "delete", "poddisruptionbudget", "frontend-web")
    printed = deployed.make("drift", "STACK=dev")
    assert "| `shop-frontend-web-disruption-budget` (kubernetes:policy/v1:PodDisruptionBudget) | is gone |" in printed
    assert deployed.pulumi("stack export", "dev") == state


def test_a_repair_lists_what_is_gone_and_brings_it_back(deployed: Checkout) -> None:
    gone = ("poddisruptionbudget", "frontend-web", "-n", NAMESPACE)
    deployed.run("kubectl", "delete", "--ignore-not-found", *gone)
    # A plain `up` compares with the last deployment, and says so.
    unchanged = deployed.make("up", "STACK=dev")
    assert "Compared with the last deployment: `make drift STACK=dev`" in unchanged
    printed = deployed.make("repair", "STACK=dev")
    differs = printed.index("shop-frontend-web-disruption-budget (kubernetes:policy/v1:PodDisruptionBudget) is gone")
    assert differs < printed.index("dev is ready in ")
    deployed.run("kubectl", "get", *gone)
    assert deployed.make("drift", "STACK=dev").endswith("\nNo drift: dev.\n")


def test_what_was_added_by_hand_and_what_waits_for_a_deployment_are_told_apart(deployed: Checkout) -> None:
    deployed.run("kubectl", "-n", NAMESPACE, "set", "env", "deployment/backend-api", "BY_HAND=1")
    with deployed.configured("dev", "application", logLevel="info"):
        drifted, _, waiting = deployed.make("drift", "STACK=dev").partition("changes of the program that wait")
    assert "env[BY_HAND]" in drifted
    assert "kubectl-set" in drifted
    assert "openmarket-config" not in drifted
    assert "| `openmarket-config` (kubernetes:core/v1:ConfigMap) |" in waiting
    deployed.run("kubectl", "-n", NAMESPACE, "set", "env", "deployment/backend-api", "BY_HAND-")


def test_a_wrong_image_is_named_while_it_waits_and_at_the_end(deployed: Checkout) -> None:
    image = f"123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/openmarket-dev/frontend-web@sha256:{'0' * 64}"
    services = deployed.stack_file("dev")["openmarket:services"]
    wrong = {**services, "frontend-web": {**services["frontend-web"], "image": image}}
    with deployed.configured("dev", "services", **wrong):
        printed = deployed.make("up", "STACK=dev", check=False, env={"OPENMARKET_EMULATOR_TIME": "0.1"})
    before, _, after = printed.partition("dev: failed after ")
    assert "waiting for shop-frontend-web-deployment for " in before
    # A kubelet tries again and again: a pod says ErrImagePull after a try, and ImagePullBackOff between two.
    assert re.search(r"\[(ImagePullBackOff|ErrImagePull)\]", before)
    assert re.search(r"\[(ImagePullBackOff|ErrImagePull)\]", after)
    assert "Outputs" not in printed
    assert "Traceback" not in printed
    *_, advice, _ = after.splitlines()
    assert advice.startswith("Next: correct it, and run `make up STACK=dev` again")
    deployed.make("up", "STACK=dev")


def test_outputs_come_once_and_the_kubeconfig_by_a_command(deployed: Checkout) -> None:
    printed = deployed.make("up", "STACK=dev")
    assert printed.count(deployed.outputs("dev")["alb_dns"]) == 1
    assert "certificate-authority-data" not in printed
    assert max(len(line) for line in printed.splitlines()) < 200
    deployed.make("kubeconfig", "STACK=dev", "OUT=kubeconfig.yaml")
    deployed.run("kubectl", "--kubeconfig", "kubeconfig.yaml", "get", "namespace", NAMESPACE)


def test_a_change_is_rehearsed_in_an_account_of_its_own_and_commented_on(deployed: Checkout) -> None:
    before = deployed.status()
    with deployed.configured("dev", "application", logLevel="info"):
        printed = deployed.make("rehearse", "STACK=dev", "BASE=HEAD")
        assert "openmarket-config" in printed
        assert deployed.status() == before
        # The same on what is deployed: the same account, so the same comment.
        assert deployed.make("plan", "STACK=dev").endswith(printed[printed.index(MARKER.format(stack="dev")) :])
    with serving() as github:
        github.add_pull("someone:change", COMMIT)
        where = {"GITHUB_API_URL": github.address, "GITHUB_TOKEN": github.token, "REPOSITORY": REPOSITORY}
        deployed.make("comments", "POST=yes", env={**where, "COMMIT": COMMIT, "HEAD": "someone:change"})
        (comment,) = github.comments
    assert comment["body"].startswith(MARKER.format(stack="dev"))
    assert (deployed.path / ".emulator/previews/full/dev.md").exists()


def test_a_change_that_cannot_be_previewed_is_an_error_that_says_why(deployed: Checkout) -> None:
    kept = "rehearsal-dev-" in deployed.emulator("snapshots", "--json").stdout
    with deployed.configured("dev", "cache", nodes=0):
        printed = deployed.make("rehearse", "STACK=dev", "BASE=HEAD", check=False)
    assert "openmarket:cache" in printed
    # The rehearsal before this one has deployed the same base.
    assert ("dev: taking HEAD (" in printed) == kept
