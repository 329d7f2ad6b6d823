"""Node objects look like those of EKS."""

from emulator.kubernetes.nodes import GROUP_LABEL, NodeGroupSpec, name_of, node

GROUP = NodeGroupSpec(
    name="workers",
    instance_types=("m7g.large",),
    capacity_type="ON_DEMAND",
    architecture="arm64",
    zones=("ap-northeast-2a", "ap-northeast-2c"),
    desired=3,
    labels={"team": "shop", "kubernetes.io/arch": "made up"},
    taints=({"key": "dedicated", "value": "x", "effect": "NO_SCHEDULE"},),
)


def test_nodes_take_turns_in_zones() -> None:
    zones = [
        node("c", GROUP, index, False, "1.36")["metadata"]["labels"]["topology.kubernetes.io/zone"]
        for index in range(3)
    ]
    assert zones == ["ap-northeast-2a", "ap-northeast-2c", "ap-northeast-2a"]


def test_labels_describe_the_instance() -> None:
    labels = node("c", GROUP, 0, False, "1.36")["metadata"]["labels"]
    assert labels["kubernetes.io/arch"] == "arm64"
    assert labels["node.kubernetes.io/instance-type"] == "m7g.large"
    assert labels[GROUP_LABEL] == "workers"
    assert labels["team"] == "shop"


def test_taints_and_capacity() -> None:
    made = node("c", GROUP, 0, True, "1.36")
    assert made["spec"]["taints"] == [{"key": "dedicated", "value": "x", "effect": "NoSchedule"}]
    assert made["spec"]["providerID"].startswith("aws:///ap-northeast-2a/i-0")
    assert made["status"]["capacity"]["cpu"] == "2000m"
    assert made["status"]["allocatable"]["pods"] == "110"


def test_names_are_stable_and_distinct() -> None:
    names = {name_of("c", GROUP, index) for index in range(50)}
    assert len(names) == 50
    assert name_of("c", GROUP, 7) in names
    assert all(name.endswith(".ap-northeast-2.compute.internal") for name in names)
