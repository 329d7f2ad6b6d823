"""Ordering edges of add-ons: without one, the deployment fails as it would on AWS."""

import pytest

from tests.e2e.checkout import Checkout
from tests.e2e.test_ordering import cut

pytestmark = pytest.mark.e2e

LOG_GROUPS = [f"addons-insights-{kind}-logs" for kind in ("application", "dataplane", "host", "performance")]


def test_a_store_is_of_a_kind_that_its_operator_brings(checkout: Checkout) -> None:
    with cut(checkout, "addons-external-secrets-store", ["addons-external-secrets-release"]):
        assert 'no matches for kind "ClusterSecretStore"' in checkout.up("dev", check=False)
    checkout.up("dev")
    checkout.destroy("dev")
    assert checkout.status()["objects"] == {}


def test_agents_make_the_log_groups_that_they_do_not_find(checkout: Checkout) -> None:
    slow = {
        "OPENMARKET_EMULATOR_TIME": "0.02",
        "OPENMARKET_EMULATOR_SLOW": ",".join(f"{name}=2000" for name in LOG_GROUPS),
    }
    checkout.up("dev", env=slow)
    checkout.destroy("dev")
    assert checkout.status()["objects"] == {}

    with cut(checkout, "addons-insights-addon", LOG_GROUPS):
        assert "/aws/containerinsights/openmarket-dev-eks/host exists already" in checkout.up(
            "dev", check=False, env=slow
        )
    checkout.destroy("dev")
    # These are nobody's now: the account has to be cleaned by hand.
    assert set(checkout.status()["objects"]["-"]) == {"aws:cloudwatch/logGroup:LogGroup"}
