"""Nodes that are gone, groups that are full, and the arithmetic of pods that find no room."""

from typing import Any

import pytest

from ops.doctor.finding import Harm
from ops.doctor.quantities import Amount, number, requested
from tests.ops.doctor.world import (
    COMMANDS,
    DENIED_ROLE,
    GROUP,
    NAMESPACE,
    PODS,
    ago,
    conditions,
    deployment,
    found,
    kinds,
    node,
    node_group,
    one,
    pod,
    said,
    thing,
    unschedulable,
    waiting,
    world,
)

PENDING = [pod("web", number, status=unschedulable(), spec={"nodeName": ""}) for number in (3, 4, 5, 6)]


def test_a_full_group_says_how_many_nodes_would_do() -> None:
    agent = pod("agent", 1, "kube-system")
    agent["metadata"]["ownerReferences"] = [{"kind": "DaemonSet", "name": "agent", "controller": True}]
    full = {GROUP: node_group(desired=1, most=1)}
    diagnosis = one(world(*PENDING, agent, deployment("web", replicas=6), node_groups=full))
    assert kinds([diagnosis]) == ["FullGroup"]
    assert diagnosis.harm is Harm.DEGRADED
    words = diagnosis.root.cause.words(COMMANDS)
    # A node has 2,223 MiB, 512 of them for the agent: three of the pods fit onto a new one.
    assert words.why == ("They request 1 CPU and 2,048 MiB: 2 more nodes of this type.",)
    assert words.first == "Raise `openmarket:cluster.nodeGroups.general.max` in Pulumi.dev.yaml to 3 or more"
    (room,) = diagnosis.consequences
    why = room.cause.words(COMMANDS).why[0]
    # Two pods of the shop, one of the controller and the agent are on the node.
    assert why == "Each requests 0.25 CPU and 512 MiB; left are: ip-10-10-1-4 0.93 CPU and 175 MiB."


def test_pods_that_no_node_of_the_type_holds_need_another_type() -> None:
    large = PENDING[0] | {"spec": PENDING[0]["spec"] | {"containers": [_container("4", "1Gi")]}}
    words = one(world(large, node_groups={GROUP: node_group(1, 1)})).root.cause.words(COMMANDS)
    assert "no node of this type holds one" in words.why[0]
    assert "instanceTypes" in words.first


def test_a_node_that_is_gone_comes_before_the_pods_that_wait() -> None:
    diagnosis = one(world(*PENDING, deployment("web", replicas=6), node_groups={GROUP: node_group(2, 3)}))
    assert kinds([diagnosis]) == ["MissingNodes"]
    words = diagnosis.root.cause.words(COMMANDS)
    assert words.what == "1 of 2 nodes of the node group general is gone"
    assert "4 pods wait for a node." in words.why
    assert "ec2 describe-instances" in words.next
    assert "--region ap-northeast-2" in words.next


def test_spot_nodes_are_said_to_be_such() -> None:
    spot = {GROUP: node_group(2, 3) | {"capacityType": "SPOT"}}
    assert any("spot" in line for line in said([one(world(node_groups=spot))]))


def test_a_node_that_is_being_added_is_given_time() -> None:
    fresh = [pod("web", number, status=unschedulable(), spec={"nodeName": ""}) for number in (3, 4)]
    for each in fresh:
        each["status"]["conditions"][0]["lastTransitionTime"] = ago(60)
    assert found(world(*fresh, deployment("web", replicas=6))) == []
    assert kinds(found(world(*PENDING, deployment("web", replicas=6)))) == ["NoRoom"]


def test_what_else_keeps_a_pod_from_every_node_is_the_schedulers_message() -> None:
    tainted = pod("web", 3, spec={"nodeName": ""}, status=unschedulable("0/1 nodes are available: 1 had a taint."))
    small = tainted | {"spec": tainted["spec"] | {"containers": [_container("10m", "1Mi")]}}
    assert "0/1 nodes are available: 1 had a taint." in said(found(world(small)))


def test_a_node_that_is_short_of_something_is_told() -> None:
    words = one(world(node(DiskPressure=("True", "KubeletHasDiskPressure", "kubelet has disk pressure"))))
    assert words.root.cause.words(COMMANDS).what == "Node ip-10-10-1-4 is short of disk"


@pytest.mark.parametrize(
    ("code", "following"),
    [
        ("AsgInstanceLaunchFailures", "get nodes"),
        ("Ec2LaunchTemplateNotFound", "make repair"),
        ("AutoScalingGroupNotFound", "get nodes"),
    ],
)
def test_eks_itself_says_what_a_group_lacks(code: str, following: str) -> None:
    issue = {"code": code, "message": "You have requested more vCPU capacity", "resourceIds": []}
    diagnosis = one(world(node_groups={GROUP: node_group(health={"issues": [issue]})}))
    words = diagnosis.root.cause.words(COMMANDS)
    assert code in words.what
    assert following in words.next


@pytest.mark.parametrize(
    ("text", "value"),
    [("250m", 0.25), ("2", 2), ("512Mi", 512 * 2**20), ("1Gi", 2**30), ("128974848", 128974848), ("", 0), ("5k", 5000)],
)
def test_quantities_are_read(text: str, value: float) -> None:
    assert number(text) == value


def test_containers_that_run_before_the_others_count_where_they_need_more() -> None:
    first = _container("2", "64Mi")
    sidecar = _container("100m", "32Mi") | {"restartPolicy": "Always"}
    both = {"spec": {"initContainers": [sidecar, first], "containers": [_container("250m", "512Mi")]}}
    assert requested(both) == Amount(2100, 544, 1)


def _container(cpu: str, memory: str) -> dict[str, object]:
    return {"name": "web", "resources": {"requests": {"cpu": cpu, "memory": memory}}}


def hpa(current: int, most: int = 2, **states: tuple[str, str, str]) -> dict[str, Any]:
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 70}}}
    used = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": current}}}
    return thing(
        "HorizontalPodAutoscaler", "web-hpa",
        spec={"scaleTargetRef": {"name": "web"}, "minReplicas": 2, "maxReplicas": most, "metrics": [metric]},
        status={"currentReplicas": 2, "currentMetrics": [used], "conditions": conditions(**states)},
    )  # fmt: skip


LIMITED = ("True", "TooManyReplicas", "the desired replica count is more than the maximum replica count")


def test_an_autoscaler_at_its_maximum_says_how_many_pods_it_wants() -> None:
    diagnosis = one(world(hpa(105, ScalingLimited=LIMITED)))
    words = diagnosis.root.cause.words(COMMANDS)
    assert words.what == "web is at its maximum of 2 pods"
    assert words.why == ("Its cpu is at 105 % of the requests, for a target of 70 %: that is 3 pods.",)
    assert "openmarket:services.web.maxReplicas" in words.first


@pytest.mark.parametrize(
    ("metric", "counted"), [("s2-aws-cloudwatch", "requests a minute"), ("s3-aws-sqs-orders", "messages")]
)
def test_requests_and_messages_reach_the_maximum_too(metric: str, counted: str) -> None:
    busy = hpa(60, ScalingLimited=LIMITED)
    for place, kind, value in (("spec", "target", "600"), ("status", "current", "1150500m")):
        key = "metrics" if place == "spec" else "currentMetrics"
        external = {"metric": {"name": metric}, kind: {"averageValue": value}}
        busy[place][key].append({"type": "External", "external": external})
    words = one(world(busy)).root.cause.words(COMMANDS)
    assert words.why == (f"Each pod has 1150 {counted}, for a target of 600: that is 4 pods.",)


def test_an_autoscaler_at_its_maximum_and_within_its_target_is_no_finding() -> None:
    assert found(world(hpa(70, ScalingLimited=LIMITED))) == []


def test_with_pods_that_find_no_room_the_nodes_come_first() -> None:
    full = {GROUP: node_group(1, 1)}
    diagnosis = one(world(*PENDING, deployment("web", 6), hpa(300, ScalingLimited=LIMITED), node_groups=full))
    assert kinds([diagnosis]) == ["FullGroup"]
    assert {type(each.cause).__name__ for each in diagnosis.consequences} == {"NoRoom", "AtMaximum"}


def test_an_autoscaler_without_metrics_is_told_after_a_minute() -> None:
    blind = hpa(0, ScalingActive=("False", "FailedGetResourceMetric", "no metrics returned from resource metrics API"))
    assert kinds(found(world(blind, pods=PODS))) == ["Blind"]
    blind["status"]["conditions"][0]["lastTransitionTime"] = "2026-11-26T04:59:30Z"
    assert found(world(blind)) == []


@pytest.mark.parametrize(
    ("reason", "source"),
    [("FailedGetResourceMetric", "metrics-server"), ("FailedGetExternalMetric", "keda-operator-metrics-apiserver")],
)
def test_an_autoscaler_without_metrics_leads_to_who_serves_them(reason: str, source: str) -> None:
    diagnosis = one(world(hpa(0, ScalingActive=("False", reason, "unable to get the metric")), pods=PODS))
    assert source in diagnosis.root.cause.words(COMMANDS).next


@pytest.mark.parametrize(
    "state", [("False", "TriggerError", "not working"), ("Unknown", "PartialTriggerError", "some")]
)
def test_a_metric_that_keda_may_not_read_is_told_with_what_aws_said(state: tuple[str, str, str]) -> None:
    scaled = thing("ScaledObject", "web", status={"conditions": conditions(Ready=state)})
    failed = thing(
        "Event", "e", type="Warning", reason="KEDAScalerFailed", message=DENIED_ROLE, lastTimestamp=ago(5),
        involvedObject={"kind": "ScaledObject", "namespace": NAMESPACE, "name": "web"},
    )  # fmt: skip
    diagnosis = one(world(scaled, failed, pods=PODS))
    assert kinds([diagnosis]) == ["Unanswered"]
    assert DENIED_ROLE in said([diagnosis])
    blind = hpa(0, ScalingActive=("False", "FailedGetExternalMetric", "unable to get the metric"))
    diagnosis = one(world(scaled, failed, blind, pods=PODS))
    assert (kinds([diagnosis]), len(diagnosis.consequences)) == (["Unanswered"], 1)
    assert found(world(thing("ScaledObject", "web", status={"conditions": conditions(Ready="True")}), pods=PODS)) == []


def test_an_add_on_without_an_image_is_why_there_are_no_metrics_and_no_fault_of_its_node() -> None:
    blind = hpa(0, ScalingActive=("False", "FailedGetResourceMetric", "no metrics returned from resource metrics API"))
    image = waiting("ImagePullBackOff", "not found", "registry.test/metrics-server:2")
    metrics = pod("metrics-server", 9, "kube-system", status=image)
    pressed = node(MemoryPressure=("True", "KubeletHasInsufficientMemory", "kubelet is short of memory"))
    diagnoses = found(world(blind, metrics, pressed))
    follows = {kinds([each])[0]: [type(other.cause).__name__ for other in each.consequences] for each in diagnoses}
    assert follows == {"NodeTrouble": [], "MissingImage": ["Blind"]}
