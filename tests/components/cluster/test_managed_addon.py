"""EKS add-ons, all alike."""

from tests.components.addons.changed_addons import changed
from tests.components.program import Deployed

ADDON = "eks/addon:Addon"


def test_they_are_active_on_a_ready_cluster(deployed: Deployed) -> None:
    for addon in deployed.of(ADDON):
        if addon.name.startswith("addons-"):
            assert "cluster-coredns" in deployed.dependencies(addon.name), addon.name


def test_versions_are_pinned_by_configuration_only() -> None:
    deployed = changed(cluster={"addonVersions": {"metrics-server": "v0.8.1-eksbuild.1"}})
    pins = {addon.inputs["addonName"]: addon.inputs.get("addonVersion") for addon in deployed.of(ADDON)}
    assert pins.pop("metrics-server") == "v0.8.1-eksbuild.1"
    assert set(pins.values()) == {None}
