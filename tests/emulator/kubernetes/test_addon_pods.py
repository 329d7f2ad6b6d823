"""The program's figures of nodes and add-ons are the emulator's."""

from collections import Counter

import pytest

from components.addons import catalogue
from components.addons.catalogue import AddonsConfig
from components.addons.parts import Chart
from components.base.allocatable import InstanceType, allocatable
from components.base.pods import Demand
from emulator.aws import instance_types
from emulator.kubernetes import capacity
from emulator.kubernetes.addons import cloudwatch, coredns, ebs_csi, kube_proxy, metrics_server, vpc_cni
from emulator.kubernetes.addons.addon import Settings
from emulator.kubernetes.api import Object
from emulator.kubernetes.quantities import requests

ADDONS = AddonsConfig.model_validate(
    {
        "clusterAutoscaler": {"enabled": True},
        "containerInsights": {"enabled": True, "applicationSignals": False},
        # What these ask for, the program tells their charts: there is no second figure.
        "prometheus": {"enabled": False, "retentionDays": 1, "storageGib": 10},
        "verticalPodAutoscaler": {"enabled": False},
    }
)
MANAGED = (vpc_cni, kube_proxy, coredns, metrics_server, ebs_csi, cloudwatch)
FIGURES = catalogue.pods(ADDONS)


def taken(workload: Object) -> Demand:
    pod = requests(workload["spec"]["template"])
    return Demand(round(pod["cpu"] * 1000), round(pod["memory"] / 2**20))


def rendered(kind: str) -> list[Object]:
    settings = Settings("openmarket-dev-eks", "", {})
    return [each for module in MANAGED for each in module.ADDON.render(settings) if each["kind"] == kind]


def test_daemon_sets() -> None:
    assert Counter(map(taken, rendered("DaemonSet"))) == Counter(FIGURES.per_node)


def test_other_pods() -> None:
    """The requests of charts' pods are the program's own figures, which it tells the charts."""
    managed = [taken(each) for each in rendered("Deployment") for _ in range(each["spec"].get("replicas", 1))]
    of_charts = [
        pod for addon in catalogue.enabled(ADDONS) if isinstance(addon.source, Chart) for pod in addon.pods().deployed
    ]
    assert of_charts
    assert Counter(managed) + Counter(of_charts) == Counter(FIGURES.deployed)


@pytest.mark.parametrize("disk_gib", [20, 33, 16384])
@pytest.mark.parametrize("name", sorted(instance_types.TYPES))
def test_nodes(name: str, disk_gib: int) -> None:
    known = instance_types.lookup(name)
    instance = InstanceType(name, known.vcpu, int(known.memory * 1024), known.interfaces, known.addresses)
    node = capacity.of(known, prefix_delegation=True, disk_gib=disk_gib)
    found = allocatable(instance, disk_gib)
    assert (found.cpu, max(0, found.memory), found.pods) == (node.allocatable_cpu, node.allocatable_memory, node.pods)
    assert found.disk == node.allocatable_disk
