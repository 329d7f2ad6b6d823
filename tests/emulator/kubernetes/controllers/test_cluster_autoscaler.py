"""The autoscaler's decisions: which pods a group can help, and which groups it may touch."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from emulator import clock
from emulator.aws import instance_types
from emulator.contract import NodeGroup
from emulator.kubernetes.controllers import cluster_autoscaler, placement
from emulator.kubernetes.controllers.cluster_autoscaler import Cluster, ClusterAutoscaler
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.nodes import GROUP_LABEL

GROUP = NodeGroup(
    id="dev:workers",
    cluster="dev",
    name="workers",
    instance=instance_types.lookup("m7g.large"),
    capacity_type="ON_DEMAND",
    zones=("a",),
    networks=("10.20.0.0/24",),
    desired=2,
    smallest=1,
    largest=3,
    auto_scaling_group="eks-workers",
)
TAGS = "k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/{}"
COMMAND = ["--node-group-auto-discovery=asg:tag=" + TAGS.format("dev"), "--scale-down-unneeded-time=0s"]


def node(name: str = "n", **spec: Any) -> dict[str, Any]:
    status = {"allocatable": {"cpu": "2", "memory": "4Gi", "pods": "10"}}
    labels = {GROUP_LABEL: "workers", "zone": "a"}
    return {"metadata": {"name": name, "labels": labels}, "spec": spec, "status": status}


def pod(cpu: str, on: str = "", owner: str = "ReplicaSet", **spec: Any) -> dict[str, Any]:
    waiting = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]
    container = {"resources": {"requests": {"cpu": cpu}}}
    return {
        "metadata": {"name": "p", "uid": f"{cpu}{on}", "ownerReferences": [{"kind": owner}]},
        "spec": {"containers": [container], **({"nodeName": on} if on else {}), **spec},
        "status": {"conditions": [] if on else waiting},
    }


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, True),
        ({"nodeSelector": {"zone": "a"}}, True),
        ({"nodeSelector": {"zone": "b"}}, False),
        ({"tolerations": [{"key": "other", "operator": "Exists"}]}, True),
    ],
)
def test_labels_decide(spec: dict[str, Any], expected: bool) -> None:
    assert placement.fits(pod("1", **spec), node(), {}) is expected


def test_taints_need_a_toleration() -> None:
    tainted = node(taints=[{"key": "dedicated", "value": "x", "effect": "NoSchedule"}])
    tolerations = [{"key": "dedicated", "operator": "Equal", "value": "x"}]
    assert not placement.fits(pod("1"), tainted, {})
    assert placement.fits(pod("1", tolerations=tolerations), tainted, {})


def test_affinity_must_match() -> None:
    def affinity(operator: str, *values: str) -> dict[str, Any]:
        term = {"matchExpressions": [{"key": "zone", "operator": operator, "values": list(values)}]}
        required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
        return pod("1", affinity={"nodeAffinity": required})

    assert placement.fits(affinity("In", "a", "c"), node(), {})
    assert not placement.fits(affinity("NotIn", "a"), node(), {})


def test_agents_take_room_on_a_new_node() -> None:
    cluster = Cluster([node()], [pod("300m", on="n", owner="DaemonSet")])
    assert cluster_autoscaler.suits(cluster, GROUP, pod("1700m"))
    assert not cluster_autoscaler.suits(cluster, GROUP, pod("1800m"))


def test_a_group_without_nodes_takes_what_would_fit_its_first() -> None:
    taint = {"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}
    batch = replace(GROUP, name="batch", desired=0, smallest=0, taints=(taint,))
    cluster = Cluster([node()], [pod("300m", on="n", owner="DaemonSet")])
    bound: dict[str, Any] = {
        "nodeSelector": {GROUP_LABEL: "batch"},
        "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "batch", "effect": "NoSchedule"}],
    }
    assert cluster_autoscaler.suits(cluster, batch, pod("1600m", **bound))
    # An m7g.large has 1930 millicores for pods.
    assert not cluster_autoscaler.suits(cluster, batch, pod("1700m", **bound))
    assert not cluster_autoscaler.suits(cluster, batch, pod("1", nodeSelector=bound["nodeSelector"]))
    elsewhere = {GROUP_LABEL: "workers"}
    tolerations = bound["tolerations"]
    assert not cluster_autoscaler.suits(cluster, batch, pod("1", nodeSelector=elsewhere, tolerations=tolerations))
    assert cluster_autoscaler.suits(Cluster([], []), batch, pod("1900m", **bound))


def test_only_tagged_groups_are_discovered() -> None:
    assert cluster_autoscaler.discovered(COMMAND, GROUP)
    assert not cluster_autoscaler.discovered(["--node-group-auto-discovery=asg:tag=" + TAGS.format("prod")], GROUP)
    assert not cluster_autoscaler.discovered([], GROUP)


class Account:
    """Remembers what the autoscaler does to the group."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        nodes: list[Any],
        pods: list[Any],
        denied: str = "",
        command: list[str] = COMMAND,
    ) -> None:
        self.group, self.done, self.events = GROUP, list[Any](), list[str]()
        deployment = {"spec": {"template": {"spec": {"containers": [{"command": command}]}}}}
        lists = {"Node": nodes, "Pod": pods, "Deployment": [deployment]}
        api = SimpleNamespace(list=lambda _version, kind, *_, **__: lists[kind])
        context = SimpleNamespace(
            cluster="dev",
            api=api,
            aws=SimpleNamespace(node_groups=lambda _: [self.group], resize=self.resize),
            running=lambda _: SimpleNamespace(namespace="kube-system"),
            denied=lambda *_: denied,
            event=lambda _pod, _type, reason, _message, **_: self.events.append(reason),
            log=lambda *_: None,
        )
        self.context = cast(Context, context)
        monkeypatch.setattr(cluster_autoscaler.nodes, "scale", lambda *_: self.done.append("scale"))
        monkeypatch.setattr(cluster_autoscaler.nodes, "remove", lambda _, name: self.done.append(name))

    def resize(self, _group: str, desired: int) -> NodeGroup | None:
        if not GROUP.smallest <= desired <= GROUP.largest:
            return None
        self.group = replace(GROUP, desired=desired)
        return self.group


def test_a_pending_pod_brings_one_node_and_then_the_limit_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = [node("a"), node("b")]
    pods = [pod("2", on="a"), pod("2", on="b"), pod("1"), pod("1500m")]
    account, autoscaler = Account(monkeypatch, busy, pods), ClusterAutoscaler()
    autoscaler.reconcile(account.context)
    assert account.done == ["scale"]
    autoscaler.reconcile(account.context)
    autoscaler.reconcile(account.context)
    assert account.done == ["scale"]
    assert account.events == ["TriggeredScaleUp", "NotTriggerScaleUp", "NotTriggerScaleUp"]


def test_an_empty_node_means_that_room_is_not_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(monkeypatch, [node("a"), node("b")], [pod("2", on="a"), pod("1")])
    ClusterAutoscaler().reconcile(account.context)
    assert account.done == []


def test_an_empty_node_goes_down_to_the_smallest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(monkeypatch, [node("a"), node("b")], [pod("1", on="b", owner="DaemonSet"), pod("1", on="a")])
    autoscaler = ClusterAutoscaler()
    for _ in range(3):
        autoscaler.reconcile(account.context)
    assert account.done == ["b"]


def test_an_empty_node_is_looked_at_again_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    command = [*COMMAND[:1], "--scale-down-unneeded-time=60s"]
    account = Account(monkeypatch, [node("a"), node("b")], [pod("1", on="a")], command=command)
    autoscaler, now = ClusterAutoscaler(), [1000.0]
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: now[0]))
    assert autoscaler.reconcile(account.context) == 60.0
    now[0] += 59
    assert autoscaler.reconcile(account.context) == pytest.approx(1.0)
    assert account.done == []
    now[0] += 1
    assert autoscaler.reconcile(account.context) is None
    assert account.done == ["b"]


def test_without_permission_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(monkeypatch, [node("a")], [pod("2", on="a"), pod("1")], denied="AccessDenied")
    ClusterAutoscaler().reconcile(account.context)
    assert (account.done, account.events) == ([], ["NotTriggerScaleUp"])
