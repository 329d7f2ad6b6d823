"""The list of add-ons: one order, and a namespace that an add-on's account shares with its release."""

from components.addons import catalogue
from components.addons.addon import Addon
from components.addons.catalogue import AddonsConfig
from components.addons.keda import Keda
from components.addons.parts import Chart

EVERYTHING = AddonsConfig.model_validate(
    {
        "clusterAutoscaler": {"enabled": True},
        "containerInsights": {"enabled": True, "applicationSignals": True},
        "prometheus": {"enabled": True, "retentionDays": 1, "storageGib": 10},
        "verticalPodAutoscaler": {"enabled": True},
    }
)


def test_both_lists_have_the_same_add_ons_in_the_same_order() -> None:
    """An add-on may need an earlier one, so the order in which they are installed is the documented one."""
    installed: list[type[Addon]] = [type(addon) for addon in catalogue.enabled(EVERYTHING, [Keda(2)])]
    assert installed == list(catalogue.ALL)


def test_the_account_of_a_chart_is_in_the_charts_namespace() -> None:
    charts = [addon for addon in catalogue.ALL if isinstance(addon.source, Chart) and addon.service_account]
    assert charts
    assert all(addon.service_account and addon.service_account.namespace == addon.namespace for addon in charts)
