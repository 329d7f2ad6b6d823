"""EKS add-ons: their configuration is checked, and reaches what they install."""

import pytest

from emulator.aws import addon_versions
from emulator.kubernetes import addons
from emulator.kubernetes.addons.addon import Settings


def test_addon_configuration_is_checked() -> None:
    addons.validate("vpc-cni", {"enableNetworkPolicy": "true", "env": {"ENABLE_PREFIX_DELEGATION": "true"}})
    with pytest.raises(addons.InvalidConfiguration, match="networkPolicy"):
        addons.validate("vpc-cni", {"networkPolicy": "true"})
    with pytest.raises(addons.InvalidConfiguration, match="no-such-addon"):
        addons.validate("no-such-addon", {})


def test_versions_are_offered_of_every_addon() -> None:
    assert set(addon_versions.ADDONS) == addons.ADDONS.keys()


def test_prefix_delegation_reaches_the_daemon_set() -> None:
    settings = Settings("dev", "", {"env": {"ENABLE_PREFIX_DELEGATION": "true"}})
    (agent,) = (target for target in addons.ADDONS["vpc-cni"].render(settings) if target["kind"] == "DaemonSet")
    container = agent["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "ENABLE_PREFIX_DELEGATION", "value": "true"} in container["env"]
