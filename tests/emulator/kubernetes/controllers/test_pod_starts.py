"""When pods start, what is said of them, and what becomes of them without their node."""

from collections.abc import Iterator
from copy import deepcopy
from types import SimpleNamespace
from typing import Any, cast

import pytest

from emulator.kubernetes.api import Api, ApiError, Object
from emulator.kubernetes.controllers import pod_starts
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.orphaned_pods import OrphanedPods
from emulator.kubernetes.controllers.pod_addresses import ADDRESS
from emulator.kubernetes.controllers.pod_decisions import ALLOWED, START, UNREADY, UNSTARTED, decide
from emulator.kubernetes.controllers.pod_starts import PodStarts, undecided
from emulator.kubernetes.watching import Mirror

REGISTRY = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com"
CLOSED = {"tcpSocket": {"port": 1}}


def absent() -> Object:
    """Return a container whose image is not in the account's registry."""
    return {"name": "c", "image": f"{REGISTRY}/shop:1"}


def pod(name: str = "p", **spec: Any) -> Object:
    metadata = {"namespace": "ns", "name": name, "uid": f"uid-{name}", "resourceVersion": "1"}
    body = {"nodeName": "n", "containers": [{"name": "c", "image": "x"}], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": body, "status": {"phase": "Pending"}}


class Cluster:
    """An API server with these objects, which does what it is asked at once."""

    server = "https://127.0.0.1:1"

    def __init__(self, *objects: Object) -> None:
        self.objects = {(each["kind"], each["metadata"]["name"]): each for each in objects}
        self.events: list[tuple[str, str]] = []
        self.done: list[tuple[str, str]] = []
        self.asked: list[tuple[str, str]] = []

    def get(self, _version: str, kind: str, _namespace: str, name: str, certain: bool = False) -> Object | None:
        self.asked.append((kind, name))
        return self.objects.get((kind, name))

    def list(self, _version: str, kind: str, *_: str, **__: str) -> list[Object]:
        return [each for (known, _), each in self.objects.items() if known == kind]

    def patch(self, target: Object, patch: Object) -> None:
        live = self.objects[target["kind"], target["metadata"]["name"]]
        live["metadata"]["resourceVersion"] += "0"
        annotations = live["metadata"].setdefault("annotations", {})
        for key, value in patch["metadata"]["annotations"].items():
            annotations.pop(key, None)
            annotations |= {} if value is None else {key: value}

    def delete(self, target: Object, propagation: str, at_once: bool) -> None:
        assert (propagation, at_once) == ("Background", True)
        self.done.append(("DELETE", target["metadata"]["name"]))

    def path(self, _version: str, kind: str, _namespace: str = "") -> str:
        return kind

    def path_of(self, target: Object, subresource: str) -> str:
        return f"{target['metadata']['name']}/{subresource}"

    def request(self, method: str, path: str, body: Any = None, **_: Any) -> Object:
        if method == "GET":
            items = [each for (kind, _), each in self.objects.items() if kind == path]
            return deepcopy({"metadata": {"resourceVersion": "1"}, "items": items})
        if path == "Event":
            self.events.append((body["reason"], body["message"]))
        else:
            self.done.append((body["status"]["phase"], path))
        return {}

    def watch(self, *_: str) -> Iterator[tuple[str, Object]]:
        raise ApiError(503, "", "the test ends here")


def started(target: Object) -> dict[str, str]:
    """Return the annotations that say how a pod starts, so without its address."""
    return {key: value for key, value in target["metadata"].get("annotations", {}).items() if key != ADDRESS}


class Bench:
    """The two controllers before a cluster, with the watches' first lists and no threads."""

    def __init__(self, *objects: Object) -> None:
        self.cluster = Cluster(*objects)
        self.images: set[str] = set()
        self.aws = cast(Any, SimpleNamespace(has_image=self.images.__contains__))
        self.context = Context("c", cast(Api, self.cluster), self.aws)
        self.pods, self.nodes = (Mirror(cast(Api, self.cluster), "v1", kind) for kind in ("Pod", "Node"))
        self.state = 0
        self.starts = PodStarts(self.context, self.pods, lambda: self.state)
        self.lost = OrphanedPods(cast(Api, self.cluster), self.pods, self.nodes)

    def look(self) -> dict[str, str]:
        """Look at all pods once, and answer the annotations of the only one that say how it starts."""
        self.nodes._list()  # pyright: ignore[reportPrivateUsage]
        self.pods._list()  # pyright: ignore[reportPrivateUsage]
        self.starts.look([("ns", each["metadata"]["name"]) for each in self.pods.all()])
        self.starts._events.submit(lambda: None).result()  # pyright: ignore[reportPrivateUsage]
        self.pods._list()  # pyright: ignore[reportPrivateUsage]
        return started(next(iter(self.pods.all())))

    def run(self, address: str = "10.0.0.1") -> None:
        """Play kwok: what may start, runs at that address."""
        for live in self.cluster.list("v1", "Pod"):
            live["status"] = {"phase": "Running", "podIP": address}
            live["metadata"]["resourceVersion"] += "0"


def test_a_pod_that_needs_nothing_starts_at_once() -> None:
    bench = Bench(pod())
    assert bench.look() == {START: ALLOWED}
    assert bench.cluster.events == [
        ("Pulled", 'Container image "x" already present on machine'),
        ("Started", "Started container c"),
    ]
    bench.look()
    assert len(bench.cluster.events) == 2


def test_only_pods_that_start_in_the_pods_network_get_an_address() -> None:
    bench = Bench(pod(), pod("other"), pod("host", hostNetwork=True), pod("waits", containers=[absent()]))
    bench.look()
    given = {each["metadata"]["name"]: each["metadata"]["annotations"].get(ADDRESS) for each in bench.pods.all()}
    assert [name for name, address in given.items() if address] == ["p", "other"]
    assert given["p"] != given["other"]
    bench.look()
    assert given["p"] in {each["metadata"]["annotations"].get(ADDRESS) for each in bench.pods.all()}


@pytest.mark.parametrize(
    "change",
    [
        {"spec": {"nodeName": None}},
        {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}},
        {"status": {"phase": "Succeeded"}},
        {"metadata": {"annotations": {START: ALLOWED}}},
    ],
)
def test_these_are_not_to_be_decided_about(change: dict[str, dict[str, Any]]) -> None:
    target = pod()
    assert undecided(target)
    for part, values in change.items():
        target[part] |= values
    assert not undecided(target)


def test_a_pod_waits_for_its_image() -> None:
    bench = Bench(pod(containers=[absent()]))
    assert bench.look() == {START: "ImagePullBackOff"}
    assert bench.look() == {START: "ImagePullBackOff"}
    assert [reason for reason, _ in bench.cluster.events] == ["Failed"]
    bench.images.add(absent()["image"])
    assert bench.look() == {START: ALLOWED}


def test_a_waiting_pod_is_checked_again_when_anything_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(pod_starts, "time", SimpleNamespace(monotonic=lambda: now[0]))
    bench = Bench(pod(volumes=[{"name": "cert", "secret": {"secretName": "tls"}}]))
    bench.look()
    assert bench.starts.again() == {("ns", "p")}
    assert bench.starts.again() == set()
    bench.state += 1
    assert bench.starts.again() == {("ns", "p")}
    assert bench.starts.again() == set()
    now[0] += 31
    assert bench.starts.again() == {("ns", "p")}


def test_a_pod_whose_check_failed_is_checked_again_though_nothing_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(pod(volumes=[{"name": "cert", "secret": {"secretName": "tls"}}]))

    def fail(*_: Any, **__: Any) -> None:
        raise ApiError(503, "", "the API server is stopping")

    monkeypatch.setattr(bench.cluster, "get", fail)
    bench.look()
    for _ in range(3):
        assert bench.starts.again() == {("ns", "p")}
        bench.look()


def test_a_pod_waits_for_what_it_mounts() -> None:
    bench = Bench(pod(volumes=[{"name": "cert", "secret": {"secretName": "tls"}}]))
    assert bench.look() == {START: "ContainerCreating"}
    assert bench.cluster.events == [
        ("FailedMount", 'MountVolume.SetUp failed for volume "cert": secret "tls" not found')
    ]
    bench.cluster.objects["Secret", "tls"] = {"kind": "Secret", "metadata": {"name": "tls"}}
    assert bench.look() == {START: ALLOWED}


def test_what_many_pods_name_is_asked_for_once() -> None:
    environment = [{"configMapRef": {"name": "settings"}}]
    containers = [{"name": "c", "image": "x", "envFrom": environment}]
    settings = {"kind": "ConfigMap", "metadata": {"name": "settings"}}
    bench = Bench(*(pod(f"p{number}", containers=containers) for number in range(20)), settings)
    bench.look()
    assert all(started(each) == {START: ALLOWED} for each in bench.pods.all())
    # Workers that look at the same moment may each ask.
    assert 1 <= bench.cluster.asked.count(("ConfigMap", "settings")) <= 4


def test_a_container_that_is_not_ready_runs_and_the_kubelet_says_why_once() -> None:
    bench = Bench(pod(containers=[{"name": "c", "image": "x", "readinessProbe": CLOSED}]))
    assert bench.look() == {START: ALLOWED, UNREADY: "c"}
    for _ in range(2):
        bench.run()
        bench.look()
    message = "Readiness probe failed: dial tcp 10.0.0.1:1: connect: connection refused"
    assert [event for event in bench.cluster.events if event[0] == "Unhealthy"] == [("Unhealthy", message)]


def test_a_container_that_has_not_started_is_not_ready_either() -> None:
    named = [{"name": name, "image": "x", "startupProbe": CLOSED} for name in ("b", "a")]
    found = Bench(pod(containers=[*named, {"name": "c", "image": "x", "readinessProbe": CLOSED}])).look()
    assert found == {START: ALLOWED, UNREADY: "a,b,c", UNSTARTED: "a,b"}


def test_a_container_whose_liveness_probe_fails_is_restarted() -> None:
    bench = Bench(pod(containers=[{"name": "c", "image": "x", "livenessProbe": CLOSED}]))
    assert bench.look() == {START: "CrashLoopBackOff"}
    assert [reason for reason, _ in bench.cluster.events] == ["Unhealthy", "Killing", "BackOff"]


def test_containers_wait_for_a_sidecar_that_does_not_start() -> None:
    sidecar = {"name": "s", "image": "x", "restartPolicy": "Always", "startupProbe": CLOSED}
    assert Bench(pod(initContainers=[sidecar])).look() == {START: "PodInitializing"}
    ready = {**sidecar, "startupProbe": None, "readinessProbe": CLOSED}
    assert Bench(pod(initContainers=[ready])).look() == {START: ALLOWED, UNREADY: "s"}


def test_the_name_service_becomes_ready_once_its_node_has_a_proxy() -> None:
    dns = pod()
    dns["metadata"]["labels"] = {"k8s-app": "kube-dns"}
    bench = Bench(dns)
    assert bench.look() == {START: ALLOWED, UNREADY: "c"}
    proxy = pod("proxy")
    proxy["status"]["phase"] = "Running"
    decision = decide(cast(Any, SimpleNamespace(api=Cluster(dns, proxy), aws=bench.aws)), dns, lambda *_: None)
    assert decision.annotations() == {START: ALLOWED}
    assert decision.final


def test_pods_of_a_node_that_is_gone_end_at_once() -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "resourceVersion": "1"}}
    done = pod("done")
    done["status"]["phase"] = "Succeeded"
    bench = Bench(pod("lost"), done, pod("other", nodeName="m"), pod("new", nodeName=None), node)
    bench.look()
    bench.lost.end("n")
    assert bench.cluster.done == []
    del bench.cluster.objects["Node", "n"]
    bench.lost.end("n")
    # A Job has to see the failure first, and what has ended keeps how it ended.
    done_to = {name: [what for what, path in bench.cluster.done if path.startswith(name)] for name in ("lost", "done")}
    assert done_to == {"lost": ["Failed", "DELETE"], "done": ["DELETE"]}
    assert len(bench.cluster.done) == 3
