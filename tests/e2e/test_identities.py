"""Several identities and one stack: a person makes it, CI deploys it, a reader previews it, a stranger is kept out."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.checkout import Checkout

ACCOUNT = "123456789012"
DEPLOYER, PREVIEWER, AUDITOR, STRANGER = "openmarket-deploy-dev", "openmarket-preview", "openmarket-drift", "other"
READS = {"OPENMARKET_EMULATOR_CALLER_POLICIES": "ReadOnlyAccess"}


def session(role: str) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/run-1"


def as_(role: str, **more: str) -> dict[str, Any]:
    """Options of a command that the role runs."""
    return {"env": {"OPENMARKET_EMULATOR_CALLER": session(role), **more}}


@pytest.fixture(scope="module")
def open_to_others(deployed: Checkout) -> Iterator[Checkout]:
    """The stack dev after its first `up`, with access for others, which its creator has given them."""
    access = {
        "administrators": [f"arn:aws:iam::{ACCOUNT}:role/{DEPLOYER}"],
        "auditors": [f"arn:aws:iam::{ACCOUNT}:role/{AUDITOR}"],
        "viewers": [f"arn:aws:iam::{ACCOUNT}:role/{PREVIEWER}"],
    }
    with deployed.configured("dev", "cluster", access=access):
        deployed.up("dev")
        yield deployed


def test_a_viewer_sees_pods_and_deletes_none(open_to_others: Checkout) -> None:
    kubectl = ("kubectl", "--namespace", "openmarket-dev")
    pods = open_to_others.run(*kubectl, "get", "pods", "--output", "name", **as_(PREVIEWER)).stdout.split()
    pod = next(name for name in pods if name.startswith("pod/backend-api"))
    refused = open_to_others.run(*kubectl, "delete", pod, "--wait=false", check=False, **as_(PREVIEWER))
    assert refused.returncode != 0
    assert f'User "{session(PREVIEWER)}" cannot delete resource "pods"' in refused.stdout
    secrets = open_to_others.run(*kubectl, "get", "secrets", check=False, **as_(PREVIEWER)).stdout
    assert 'cannot list resource "secrets"' in secrets


def test_a_viewers_preview_of_an_unchanged_stack_shows_no_change(open_to_others: Checkout) -> None:
    said = open_to_others.pulumi("preview", "dev", "--expect-no-changes", **as_(PREVIEWER, **READS))
    assert "unreachable" not in said


def test_a_refresh_needs_an_auditor(open_to_others: Checkout) -> None:
    """Looking for drift reads Helm's releases, custom resources and StorageClasses."""
    said = open_to_others.pulumi("preview", "dev", "--refresh", check=False, **as_(PREVIEWER))
    assert f'User "{session(PREVIEWER)}" cannot get resource "storageclasses"' in said
    open_to_others.pulumi("preview", "dev", "--refresh", "--expect-no-changes", **as_(AUDITOR))


def test_a_stranger_is_not_let_in(open_to_others: Checkout) -> None:
    refused = open_to_others.run("kubectl", "get", "pods", check=False, **as_(STRANGER))
    assert refused.returncode != 0
    assert "Unauthorized" in refused.stdout
    preview = open_to_others.pulumi("preview", "dev", "--refresh", check=False, **as_(STRANGER))
    assert "the server has asked for the client to provide credentials" in preview


def test_a_preview_role_that_updates_is_refused_by_aws_and_by_the_cluster(open_to_others: Checkout) -> None:
    with open_to_others.configured("dev", "images", untaggedDays=8):
        said = open_to_others.up("dev", check=False, **as_(PREVIEWER, **READS))
    assert f"User: {session(PREVIEWER)} is not authorized to perform: ecr:PutLifecyclePolicy" in said
    services = open_to_others.stack_file("dev")["openmarket:services"]
    services["backend-api"]["replicas"] = 3
    with open_to_others.configured("dev", "services", **services):
        said = open_to_others.up("dev", check=False, **as_(PREVIEWER, **READS))
        assert f'User "{session(PREVIEWER)}" cannot patch resource "horizontalpodautoscalers"' in said
        # Whom the configuration lists as an administrator goes on where a person began.
        open_to_others.up("dev", **as_(DEPLOYER))
    open_to_others.up("dev", **as_(DEPLOYER))
