"""The Cluster Autoscaler: of the cluster's minor, for the cluster's groups."""

from typing import Any

import pytest

from components.addons.cluster_autoscaler import IMAGES
from tests.components.addons.changed_addons import changed, with_nodes
from tests.components.program import Deployed

RELEASE = "addons-autoscaler-release"


def test_release(dev: Deployed) -> None:
    release = dev.one("helm.sh/v3:Release", RELEASE).inputs
    assert (release["name"], release["namespace"], release["version"]) == (
        "cluster-autoscaler",
        "kube-system",
        "9.59.0",
    )
    values = release["values"]
    assert values["fullnameOverride"] == "cluster-autoscaler"
    assert values["autoDiscovery"] == {"clusterName": "openmarket-dev-eks"}
    assert values["awsRegion"] == "ap-northeast-2"
    assert values["extraArgs"]["balance-similar-node-groups"] is True
    assert values["extraArgs"]["expander"] == "least-waste"


@pytest.mark.parametrize("version", sorted(IMAGES))
def test_the_image_is_of_the_clusters_minor(version: str) -> None:
    deployed = changed(cluster={"version": version})
    tag = deployed.one("helm.sh/v3:Release", RELEASE).inputs["values"]["image"]["tag"]
    assert tag.startswith(f"v{version}.")


@pytest.mark.parametrize(
    ("setting", "path", "expected"),
    [
        ({"imageTag": "v1.36.9"}, ("image", "tag"), "v1.36.9"),
        ({"expander": "most-pods"}, ("extraArgs", "expander"), "most-pods"),
    ],
)
def test_settings(setting: dict[str, Any], path: tuple[str, str], expected: str) -> None:
    deployed = changed(clusterAutoscaler={"enabled": True, **setting})
    values = deployed.one("helm.sh/v3:Release", RELEASE).inputs["values"]
    assert values[path[0]][path[1]] == expected


def test_its_pods_wait_for_their_permissions(dev: Deployed) -> None:
    assert dev.waits_for(RELEASE) >= {"addons-autoscaler-identity-scaling", "cluster-coredns"}


def test_a_stack_may_do_without() -> None:
    deployed = changed(with_nodes("dev", 12), clusterAutoscaler={"enabled": False})
    assert not [resource for resource in deployed.resources if resource.name.startswith("addons-autoscaler")]
    assert "cluster-autoscaler" not in deployed.outputs["role_arns"]


def test_without_it_a_group_has_its_desired_size() -> None:
    """From then on: the autoscaler may have left fewer nodes than the shop needs, or the minimum says otherwise."""
    deployed = changed(with_nodes("dev", 12), clusterAutoscaler={"enabled": False})
    group = deployed.one("eks/nodeGroup:NodeGroup")
    assert group.inputs["scalingConfig"] == {"minSize": 12, "desiredSize": 12, "maxSize": 16}
    assert not deployed.options[group.name].ignore_changes
