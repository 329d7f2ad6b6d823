"""Independent resources in the worst order: `up` and `destroy` do not care."""

import pytest

from tests.e2e.checkout import Checkout
from tests.e2e.ordering import ALL_AT_ONCE

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("schedule", ["late:1", "early:1"])
def test_every_resource_may_be_early_or_late(checkout: Checkout, schedule: str) -> None:
    """Each half of the resources once as late as the graph allows, while the other half is as early."""
    env = {"OPENMARKET_EMULATOR_SCHEDULE": schedule, "OPENMARKET_EMULATOR_TIME": "0.2"}
    checkout.up("dev", ALL_AT_ONCE, env=env)
    checkout.destroy("dev", ALL_AT_ONCE, env=env)
    assert checkout.status()["objects"] == {}
