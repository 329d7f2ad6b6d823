"""Changes of a cluster that is there and has grown: its sizes, its zones and its key, one after the other."""

import re
import time
from copy import deepcopy
from typing import Any

import pytest
import yaml

from tests.e2e.checkout import Checkout

HEAVY = {
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "heavy", "namespace": "default"},
    "spec": {
        "replicas": 4, "selector": {"matchLabels": {"app": "heavy"}},
        "template": {
            "metadata": {"labels": {"app": "heavy"}},
            "spec": {"containers": [
                {"name": "c", "image": "registry.k8s.io/pause:3.10", "resources": {"requests": {"cpu": "1300m"}}},
            ]},
        },
    },
}  # fmt: skip
"""Pods that need a node each, of the two CPU that dev's nodes have."""

GROWN_SECONDS = 120


@pytest.fixture(scope="module")
def grown(deployed: Checkout) -> Checkout:
    """The stack dev, whose autoscaler has added nodes."""
    before = len(nodes(deployed))
    file = deployed.path / "heavy.yaml"
    file.write_text(yaml.safe_dump(HEAVY))
    deployed.run("kubectl", "apply", "--filename", str(file))
    give_up = time.monotonic() + GROWN_SECONDS
    while len(nodes(deployed)) < before + 2 or pending(deployed):
        assert time.monotonic() < give_up, "the autoscaler adds no nodes"
        time.sleep(2)
    return deployed


def nodes(checkout: Checkout) -> dict[str, str]:
    """Names of the nodes, with their zones."""
    found = checkout.kubectl("dev", "get", "nodes")["items"]
    return {node["metadata"]["name"]: node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in found}


def pending(checkout: Checkout) -> bool:
    pods = checkout.kubectl("dev", "get", "pods", "--namespace", "default")["items"]
    return not pods or any(pod["status"]["phase"] == "Pending" for pod in pods)


def group(checkout: Checkout, **sizes: Any) -> dict[str, Any]:
    """The node groups of the stack file, with other sizes."""
    groups = deepcopy(checkout.stack_file("dev")["openmarket:cluster"]["nodeGroups"])
    groups["general"] |= sizes
    return groups


def test_no_change_of_sizes_takes_nodes_and_a_larger_minimum_is_one_up(grown: Checkout) -> None:
    grown.pulumi("preview", "dev", "--expect-no-changes")
    there = nodes(grown)
    with grown.configured("dev", "cluster", nodeGroups=group(grown, max=17)):
        said = grown.up("dev")
    # The alarm about the maximum follows, and the dashboard that shows it.
    assert re.findall(r"~ +aws:(?!cloudwatch)(\S+) \S+ updated", said) == ["eks:NodeGroup"]
    assert set(nodes(grown)) >= set(there)
    enough = len(there) + 1
    with grown.configured("dev", "cluster", nodeGroups=group(grown, min=enough, desired=enough, max=17)):
        grown.up("dev")
        assert len(nodes(grown)) == enough
        assert set(nodes(grown)) >= set(there)
        grown.pulumi("preview", "dev", "--expect-no-changes")


def test_a_zone_is_added_to_everything_but_the_control_plane(grown: Checkout) -> None:
    with grown.configured("dev", "network", zones=["a", "b", "c"]):
        before = len(nodes(grown))
        said = grown.up("dev")
        assert re.findall(r"\+- (\S+) \S+ replaced", said) == ["aws:eks:NodeGroup"]
        assert {zone[-1] for zone in nodes(grown).values()} == {"a", "b", "c"}
        assert len(nodes(grown)) >= before
        grown.pulumi("preview", "dev", "--expect-no-changes")
        cluster = grown.run("aws", "eks", "describe-cluster", "--name", "openmarket-dev-eks").stdout
        assert cluster.count("subnet-") == 2
        assert not pending(grown)
    refused = grown.up("dev", check=False)
    assert "openmarket:network.zones" in refused
    assert "b to stay in the list" in refused


def test_the_key_of_a_cluster_stays(grown: Checkout) -> None:
    with (
        grown.configured("dev", "network", zones=["a", "b", "c"]),
        grown.configured("dev", "encryption", keys="perStore"),
    ):
        for command in ("preview", "up --yes --skip-preview"):
            refused = grown.pulumi(command, "dev", check=False)
            assert "openmarket:encryption.keys is perStore" in refused
            assert "needs perStack, with which the cluster was created" in refused
            assert "kms:Key" not in refused
