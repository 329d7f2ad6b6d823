"""The example shops come up, stay as they are, and go."""

import shutil

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("name", ["microservices", "retail"])
def test_an_example_comes_up_and_goes(name: str, checkout: Checkout) -> None:
    shutil.copy(checkout.path / "examples" / name / f"Pulumi.{name}.yaml", checkout.path)
    checkout.make("up", f"STACK={name}")
    deployments = checkout.kubectl(name, "get", "deployments", "-n", f"openmarket-{name}")["items"]
    assert deployments
    assert all(each["status"]["readyReplicas"] == each["spec"]["replicas"] for each in deployments)
    checkout.up(name, "--expect-no-changes")
    checkout.destroy(name)
    assert name not in checkout.status()["objects"]
