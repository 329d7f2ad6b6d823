"""What the workflows run: each as one make target, on the emulator."""

import os
import subprocess
from collections.abc import Mapping

import pytest

from ops.post import MARKER
from tests.e2e.checkout import Checkout
from tests.ops.fake_github import REPOSITORY, serving

pytestmark = pytest.mark.e2e

NAMESPACE = "openmarket-dev"
COMMIT = "c" * 40


def make(checkout: Checkout, *words: str, check: bool = True, env: Mapping[str, str] | None = None) -> str:
    """Run make as a workflow does, and answer what it printed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OPENMARKET_", "MAKE"))}
    result = subprocess.run(
        ["make", "-o", ".venv/installed", *words], cwd=checkout.path, env=kept | dict(env or {}),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900, check=False,
    )  # fmt: skip
    print(f"$ make {' '.join(words)}\n{result.stdout}")
    assert (result.returncode == 0) == check
    return result.stdout


@pytest.fixture(scope="module")
def deployed(checkout: Checkout) -> Checkout:
    """The dev stack, deployed from a commit."""
    for words in ("init -q", "add -A", "-c user.name=t -c user.email=t@example.com commit -qm base"):
        subprocess.run(["git", *words.split()], cwd=checkout.path, check=True)
    make(checkout, "up", "STACK=dev")
    return checkout


def test_every_host_answers(deployed: Checkout) -> None:
    printed = make(deployed, "smoke", "STACK=dev")
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
    shown = make(deployed, "images", "STACK=dev", "SERVICES=frontend")
    assert "$ docker buildx build" in shown
    file = deployed.path / "Pulumi.dev.yaml"
    before = file.read_text()
    words = (".venv/bin/python", "-m", "ops", "images", "deploy", "frontend", "--tag", "v1")
    deployed.run(*words)
    image = deployed.stack_file("dev")["openmarket:services"]["frontend-web"]["image"]
    make(deployed, "up", "STACK=dev")
    pods = deployed.kubectl("dev", "get", "pods", "-n", NAMESPACE, "-l", "app.kubernetes.io/name=frontend-web")["items"]
    running = {pod["spec"]["containers"][0]["image"] for pod in pods if not pod["metadata"].get("deletionTimestamp")}
    assert running == {image}
    file.write_text(before)
    make(deployed, "up", "STACK=dev")


def test_drift_is_told_and_no_state_changes(deployed: Checkout) -> None:
    state = deployed.pulumi("stack export", "dev")
    assert make(deployed, "drift", "STACK=dev").endswith("\nNo drift: dev.\n")
    deployed.run("kubectl", "-n", NAMESPACE, "delete", "poddisruptionbudget", "frontend-web")
    printed = make(deployed, "drift", "STACK=dev")
    assert "| `shop-frontend-web-disruption-budget` (kubernetes:policy/v1:PodDisruptionBudget) | is gone |" in printed
    assert deployed.pulumi("stack export", "dev") == state
    make(deployed, "up", "STACK=dev")


def test_a_change_is_rehearsed_in_an_account_of_its_own_and_commented_on(deployed: Checkout) -> None:
    before = deployed.status()
    with deployed.configured("dev", "application", logLevel="info"):
        printed = make(deployed, "rehearse", "STACK=dev", "BASE=HEAD")
        assert "openmarket-config" in printed
        assert deployed.status() == before
        # The same on what is deployed: the same account, so the same comment.
        assert make(deployed, "plan", "STACK=dev").endswith(printed[printed.index(MARKER.format(stack="dev")) :])
    with serving() as github:
        github.add_pull("someone:change", COMMIT)
        where = {"GITHUB_API_URL": github.address, "GITHUB_TOKEN": github.token, "REPOSITORY": REPOSITORY}
        make(deployed, "comments", "POST=yes", env={**where, "COMMIT": COMMIT, "HEAD": "someone:change"})
        (comment,) = github.comments
    assert comment["body"].startswith(MARKER.format(stack="dev"))
    assert (deployed.path / ".emulator/previews/full/dev.md").exists()


def test_a_change_that_cannot_be_previewed_is_an_error_that_says_why(deployed: Checkout) -> None:
    with deployed.configured("dev", "cache", nodes=0):
        printed = make(deployed, "rehearse", "STACK=dev", "BASE=HEAD", check=False)
    assert "openmarket:cache" in printed
