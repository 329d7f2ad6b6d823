"""Staging and production come up too, side by side and at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

STACKS = ("staging", "prod")


def test_two_stacks_at_once(checkout: Checkout) -> None:
    with ThreadPoolExecutor(len(STACKS)) as pool:
        list(pool.map(checkout.up, STACKS))
    assert len(checkout.status()["control_planes"]) == len(STACKS)
    for stack in STACKS:
        namespace = checkout.outputs(stack)["namespace"]
        deployment = checkout.kubectl(stack, "get", "deployment", "frontend-web", "-n", namespace)
        assert deployment["status"]["readyReplicas"] == deployment["spec"]["replicas"]
    for stack in STACKS:
        checkout.up(stack, "--expect-no-changes")
