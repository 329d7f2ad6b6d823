"""Pods on a real control plane whose kubelets are played: they start, wait, stay unready and go with their node."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import pytest

from emulator import processes
from emulator.contract import InstanceType, NodeGroup
from emulator.kubernetes import cluster_files, control_plane, nodes
from emulator.kubernetes.api import Api, Object
from emulator.kubernetes.readiness import condition

pytestmark = pytest.mark.e2e

CLUSTER, SPACE = "kubelets", "pods"
CLOSED = {"tcpSocket": {"port": 1}}
GROUP = NodeGroup(
    id=f"{CLUSTER}:general",
    cluster=CLUSTER,
    name="general",
    instance=InstanceType("m7g.large", "arm64", vcpu=2, memory=8, interfaces=3, addresses=10),
    capacity_type="ON_DEMAND",
    zones=("ap-northeast-2a",),
    networks=("10.0.0.0/20",),
    desired=1,
    smallest=1,
    largest=1,
)
T = TypeVar("T")
PATIENCE_SECONDS = 60
"""Only a failing test waits as long."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A control plane of its own, with a namespace and a node."""
    state = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENMARKET_EMULATOR_STATE", str(state))
        patch.setattr(cluster_files, "CLUSTERS", state / "clusters")
        patch.setattr(control_plane, "CLUSTERS", state / "clusters")
        patch.setattr(processes, "_RECORDS", state / "processes")
        control_plane.client.cache_clear()
        control_plane.start(CLUSTER, "1.36")
        try:
            client = control_plane.client(CLUSTER)
            client.request("POST", "/api/v1/namespaces", {"metadata": {"name": SPACE}})
            until(lambda: client.get("v1", "ServiceAccount", SPACE, "default"))
            node(client, "ip-10-0-0-1.ap-northeast-2.compute.internal")
            yield client
        finally:
            control_plane.stop(CLUSTER)


def node(api: Api, name: str) -> Object:
    """A new node that is Ready."""
    made = nodes.node(GROUP, name, "ap-northeast-2a", True, "1.36")
    made["metadata"]["annotations"] = {nodes.NETWORK_ANNOTATION: "ready"}
    api.request("POST", "/api/v1/nodes", made)
    until(lambda: condition(api.get("v1", "Node", "", name) or {}, "Ready").get("status") == "True")
    return made


def until(found: Callable[[], T]) -> T:
    """Ask until the answer is true."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not (answer := found()):
        assert time.monotonic() < give_up
        time.sleep(0.05)
    return answer


def create(api: Api, name: str, *containers: Mapping[str, Any], **spec: Any) -> None:
    """Create a pod; every container has the image `x`."""
    filled = [{"image": "x", **each} for each in containers]
    metadata = {"name": name, "labels": {"app": name}}
    api.request(
        "POST", f"/api/v1/namespaces/{SPACE}/pods", {"metadata": metadata, "spec": {**spec, "containers": filled}}
    )


def pod(api: Api, name: str, phase: str = "Running") -> Object:
    """The pod, once it is in that phase and its containers have a state."""

    def found() -> Object | None:
        live = api.get("v1", "Pod", SPACE, name)
        status = live["status"] if live else {}
        return live if status.get("phase") == phase and status.get("containerStatuses") else None

    return until(found) or {}


def ready(target: Object) -> dict[str, bool]:
    """By container."""
    status = target["status"]
    every = [*status.get("initContainerStatuses", []), *status["containerStatuses"]]
    return {each["name"]: each["ready"] for each in every}


def conditions(target: Object) -> tuple[str, str]:
    """Of the containers, and of the pod."""
    first, second = condition(target, "ContainersReady"), condition(target, "Ready")
    return str(first.get("status")), str(second.get("status"))


def events(api: Api, name: str) -> dict[str, str]:
    """What the kubelet told of a pod: the last message by reason."""
    found = [each for each in api.list("v1", "Event", SPACE) if each["involvedObject"]["name"] == name]
    return {each["reason"]: each["message"] for each in found if each["source"].get("component") == "kubelet"}


def test_a_pod_that_needs_nothing_runs(api: Api) -> None:
    create(api, "plain", {"name": "c", "readinessProbe": {"exec": {"command": ["true"]}}})
    live = pod(api, "plain")
    assert ready(live) == {"c": True}
    assert conditions(live) == ("True", "True")
    assert until(lambda: events(api, "plain").get("Started")) == "Started container c"


def test_a_probe_at_a_port_that_nobody_has_keeps_a_pod_out_of_its_service(api: Api) -> None:
    service = {"metadata": {"name": "closed"}, "spec": {"selector": {"app": "closed"}, "ports": [{"port": 80}]}}
    api.request("POST", f"/api/v1/namespaces/{SPACE}/services", service)
    http = {"httpGet": {"path": "/ready", "port": 3001}}
    create(api, "closed", {"name": "c", "ports": [{"containerPort": 3000}], "readinessProbe": http}, {"name": "d"})
    live = pod(api, "closed")
    assert ready(live) == {"c": False, "d": True}
    assert conditions(live) == ("False", "False")
    assert condition(live, "Ready")["message"] == "containers with unready status: [c]"
    address = live["status"]["podIP"]
    message = until(lambda: events(api, "closed").get("Unhealthy"))
    refused = f"dial tcp {address}:3001: connect: connection refused"
    assert message == f'Readiness probe failed: Get "http://{address}:3001/ready": {refused}'
    label = "kubernetes.io/service-name=closed"

    def endpoints() -> list[Object]:
        slices = api.list("discovery.k8s.io/v1", "EndpointSlice", SPACE, labelSelector=label)
        return [endpoint for each in slices for endpoint in each.get("endpoints") or []]

    assert [endpoint["conditions"]["ready"] for endpoint in until(endpoints)] == [False]


def test_a_startup_probe_that_fails(api: Api) -> None:
    create(api, "startup", {"name": "c", "startupProbe": CLOSED})
    live = pod(api, "startup")
    (status,) = live["status"]["containerStatuses"]
    assert (status["ready"], status["started"], "running" in status["state"]) == (False, False, True)


def test_a_liveness_probe_that_fails(api: Api) -> None:
    create(api, "liveness", {"name": "c", "livenessProbe": CLOSED})
    (status,) = pod(api, "liveness", "Pending")["status"]["containerStatuses"]
    assert (status["state"]["waiting"]["reason"], status["restartCount"]) == ("CrashLoopBackOff", 1)
    assert until(lambda: events(api, "liveness").get("Killing")) == (
        "Container c failed liveness probe, will be restarted"
    )


def test_a_sidecar_counts(api: Api) -> None:
    sidecar = {"name": "s", "image": "x", "restartPolicy": "Always", "readinessProbe": CLOSED}
    create(api, "sidecar", {"name": "c"}, initContainers=[{"name": "i", "image": "x"}, sidecar])
    live = pod(api, "sidecar")
    assert ready(live) == {"i": True, "s": False, "c": True}
    assert conditions(live) == ("False", "False")


def test_a_kubelet_goes_on_pulling_what_is_not_there(api: Api) -> None:
    create(api, "missing", {"name": "c", "image": "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/shop:1"})

    def state(live: Object) -> str:
        return str(live["status"]["containerStatuses"][0].get("state", {}).get("waiting", {}).get("reason"))

    first = pod(api, "missing", "Pending")
    assert state(first) in ("ImagePullBackOff", "ErrImagePull")
    # Who watches the pod hears of it again.
    until(lambda: pod(api, "missing", "Pending")["metadata"]["resourceVersion"] != first["metadata"]["resourceVersion"])


def test_a_pod_waits_for_its_secret(api: Api) -> None:
    create(api, "needy", {"name": "c", "envFrom": [{"secretRef": {"name": "needed"}}]})
    (status,) = pod(api, "needy", "Pending")["status"]["containerStatuses"]
    assert status["state"]["waiting"]["reason"] == "CreateContainerConfigError"
    assert until(lambda: events(api, "needy").get("Failed")) == 'Error: secret "needed" not found'
    api.request("POST", f"/api/v1/namespaces/{SPACE}/secrets", {"metadata": {"name": "needed"}})
    assert conditions(pod(api, "needy")) == ("True", "True")


def test_readiness_comes_and_goes_with_the_containers_and_the_gates(api: Api) -> None:
    gate = "example.com/gate"
    create(api, "gated", {"name": "c", "readinessProbe": CLOSED}, readinessGates=[{"conditionType": gate}])
    live = pod(api, "gated")

    def change(unready: str | None) -> None:
        api.patch(live, {"metadata": {"annotations": {"emulator.openmarket/unready": unready}}})

    def set_gate(status: str) -> None:
        body = {"status": {"conditions": [{"type": gate, "status": status}]}}
        path = api.path_of(live, "status")
        api.request("PATCH", path, body, content_type="application/strategic-merge-patch+json")

    def has(*wanted: str) -> bool:
        return conditions(pod(api, "gated")) == wanted

    set_gate("True")
    assert has("False", "False")
    change(None)
    assert until(lambda: has("True", "True"))
    assert ready(pod(api, "gated")) == {"c": True}
    set_gate("False")
    assert until(lambda: has("True", "False"))
    set_gate("True")
    assert until(lambda: has("True", "True"))
    change("c")
    assert until(lambda: has("False", "False"))


def test_a_nodes_end_ends_its_pods_at_once(api: Api) -> None:
    lost = node(api, "ip-10-0-0-2.ap-northeast-2.compute.internal")
    name = lost["metadata"]["name"]
    daemon_set = {
        "metadata": {"name": "agent"},
        "spec": {
            "selector": {"matchLabels": {"app": "agent"}},
            "template": {
                "metadata": {"labels": {"app": "agent"}},
                "spec": {"containers": [{"name": "c", "image": "x"}]},
            },
        },
    }
    api.request("POST", f"/apis/apps/v1/namespaces/{SPACE}/daemonsets", daemon_set)
    create(api, "bound", {"name": "c"}, nodeName=name)

    def running() -> set[str]:
        live = [each for each in api.list("v1", "Pod", SPACE) if each["spec"].get("nodeName") == name]
        return {each["metadata"]["name"] for each in live if each["status"].get("phase") == "Running"}

    until(lambda: len(running()) == 2)
    api.delete(lost, "Background")
    began = time.monotonic()
    until(lambda: not running())
    # Kubernetes itself would wait for forty seconds, and look every twenty.
    assert time.monotonic() - began < 30
