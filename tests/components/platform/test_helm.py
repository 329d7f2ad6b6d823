"""What all add-ons have in common, release by release."""

from typing import Any

from tests.components.addons.helm_values import problems
from tests.components.program import Deployed, Registered


def releases(deployed: Deployed) -> list[Registered]:
    return deployed.of("helm.sh/v3:Release")


def test_every_release_is_pinned_named_and_all_or_nothing(deployed: Deployed) -> None:
    for release in releases(deployed):
        inputs = release.inputs
        assert inputs["version"]
        assert inputs["repositoryOpts"]["repo"].startswith("https://")
        assert inputs["name"] == inputs["chart"]
        assert inputs["atomic"] is True
        assert not inputs.get("skipAwait")


def test_charts_take_the_values(deployed: Deployed) -> None:
    for release in releases(deployed):
        assert problems(release.inputs) == [], release.name


def test_every_release_has_what_its_pods_need(deployed: Deployed) -> None:
    for release in releases(deployed):
        assert "cluster-coredns" in deployed.dependencies(release.name), release.name


def test_add_ons_do_not_wait_for_each_other(deployed: Deployed) -> None:
    names = {release.name for release in releases(deployed)}
    for name in names:
        assert not deployed.dependencies(name) & names, name


def test_what_others_wait_for_survives_the_loss_of_a_node(prod: Deployed) -> None:
    for values in attended(prod):
        assert values["replicaCount"] >= 2
        assert values["podDisruptionBudget"] in ({"enabled": True}, {"maxUnavailable": 1})
        assert values["priorityClassName"] == "system-cluster-critical"
        assert values["resources"]["requests"].keys() == {"cpu", "memory"}
        for constraint in values["topologySpreadConstraints"]:
            # A hard constraint would keep the second pod away when only one zone is left.
            assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"


def attended(deployed: Deployed) -> list[dict[str, Any]]:
    """Values of the pods that requests or new objects wait for."""
    values = {release.name: release.inputs["values"] for release in releases(deployed)}
    operator = values["addons-external-secrets-release"]
    return [values["addons-alb-controller-release"], operator, operator["webhook"]]
