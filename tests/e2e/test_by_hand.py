"""What people do to the shop by hand, and what the next deployment makes of it."""

from typing import Any

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

NAMESPACE, SERVICE = "openmarket-dev", "frontend-web"
PROGRAMS = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
HOTFIX = "registry.k8s.io/e2e-test-images/agnhost:2.62.0"
NAMES = ("kubectl", "-n", NAMESPACE)


def deployment(checkout: Checkout) -> dict[str, Any]:
    return checkout.kubectl("dev", "get", "deployment", SERVICE, "-n", NAMESPACE, "--show-managed-fields")


def image(checkout: Checkout) -> str:
    (container,) = deployment(checkout)["spec"]["template"]["spec"]["containers"]
    return container["image"]


def hotfix(checkout: Checkout) -> None:
    checkout.run(*NAMES, "set", "image", f"deployment/{SERVICE}", f"{SERVICE}={HOTFIX}")
    assert image(checkout) == HOTFIX


def test_a_release_after_a_hotfix_is_no_conflict(deployed: Checkout) -> None:
    """Whoever set the image by hand owns the field then, until the program sends it again."""
    hotfix(deployed)
    with deployed.configured("dev", "application", logLevel="info"):
        printed = deployed.up("dev")
    assert "conflict" not in printed
    assert image(deployed) == PROGRAMS
    deployed.up("dev")


def test_a_deployment_with_a_refresh_takes_a_hotfix_back(deployed: Checkout) -> None:
    hotfix(deployed)
    deployed.up("dev", "--refresh")
    assert image(deployed) == PROGRAMS
    assert "unchanged" in deployed.up("dev", "--expect-no-changes")


def test_the_number_of_pods_is_the_autoscalers(deployed: Checkout) -> None:
    """A person's `scale` is undone by the autoscaler, and no deployment has a say in it."""
    deployed.run(*NAMES, "scale", "deployment", SERVICE, "--replicas=4")
    with deployed.configured("dev", "application", logLevel="info"):
        deployed.up("dev")
    managers = [
        each["manager"]
        for each in deployment(deployed)["metadata"]["managedFields"]
        if "f:replicas" in each["fieldsV1"].get("f:spec", {})
    ]
    assert not any(manager.startswith("pulumi") for manager in managers), managers
    deployed.up("dev")


def test_a_restart_stays_and_is_no_change(deployed: Checkout) -> None:
    deployed.run(*NAMES, "rollout", "restart", f"deployment/{SERVICE}")
    deployed.run(*NAMES, "rollout", "status", f"deployment/{SERVICE}", "--timeout=120s")
    deployed.up("dev", "--expect-no-changes")
