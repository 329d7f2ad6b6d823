"""Resource metrics follow requests and the load annotation."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.kubernetes.controllers import metrics
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.quantities import number, requests, total


def pod(load: str = "", ready: bool = True) -> dict[str, Any]:
    container = {"name": "web", "resources": {"requests": {"cpu": "200m", "memory": "100Mi"}}}
    return {
        "metadata": {
            "name": "web-1",
            "namespace": "shop",
            "annotations": {metrics.LOAD_ANNOTATION: load} if load else {},
        },
        "spec": {"nodeName": "n", "containers": [container, {"name": "sidecar"}]},
        "status": {"conditions": [{"type": "ContainersReady", "status": str(ready)}]},
    }


def context(*pods: dict[str, Any], runs: bool = True) -> Context:
    def get(_version: str, kind: str, _namespace: str, name: str) -> Any:
        items = list(pods) if kind == "Pod" else [{"metadata": {"name": "n"}}]
        return next((each for each in items if each["metadata"]["name"] == name), None)

    api = SimpleNamespace(list=lambda _version, kind, *_, **__: list(pods) if kind == "Pod" else [], get=get)
    return cast(Context, SimpleNamespace(api=api, running=lambda _: object() if runs else None))


ROOT = "/apis/metrics.k8s.io/v1beta1"


def test_usage_is_a_share_of_the_request() -> None:
    usage = metrics.of_pod(pod(load="150"))["containers"][0]["usage"]
    assert number(usage["cpu"]) == pytest.approx(0.3)  # pyright: ignore[reportUnknownMemberType]
    assert usage["memory"] == "153600Ki"
    assert number(metrics.of_pod(pod())["containers"][0]["usage"]["cpu"]) < 0.2


def test_paths() -> None:
    running = context(pod(), pod(ready=False))
    status, body = metrics.answer(running, f"{ROOT}/namespaces/shop/pods?labelSelector=app%3Dweb")
    assert (status, len(body["items"])) == (200, 1)
    assert metrics.answer(running, f"{ROOT}/namespaces/shop/pods/web-1")[1]["kind"] == "PodMetrics"
    assert metrics.answer(running, f"{ROOT}/namespaces/shop/pods/other")[0] == 404
    assert number(metrics.answer(running, f"{ROOT}/nodes/n")[1]["usage"]["cpu"]) > 0.05
    assert {each["name"] for each in metrics.answer(running, ROOT)[1]["resources"]} == {"nodes", "pods"}
    assert metrics.answer(running, "/apis/custom.metrics.k8s.io/v1beta1")[0] == 404


def test_nothing_is_served_without_a_ready_pod() -> None:
    assert metrics.answer(context(pod(), runs=False), ROOT)[0] == 503


@pytest.mark.parametrize(("text", "value"), [("250m", 0.25), ("2", 2), ("1Gi", 2**30), ("1500k", 1.5e6), (3, 3)])
def test_quantities(text: Any, value: float) -> None:
    assert number(text) == value


@given(st.lists(st.integers(0, 4000)), st.integers(0, 8000))
def test_a_pod_needs_its_containers_or_its_largest_init_container(containers: list[int], first: int) -> None:
    def of(millicores: int) -> dict[str, Any]:
        return {"resources": {"requests": {"cpu": f"{millicores}m"}}}

    asked = requests({"spec": {"containers": [of(each) for each in containers], "initContainers": [of(first)]}})
    assert round(asked["cpu"] * 1000) == max(sum(containers), first)
    assert total([asked, asked])["pods"] == 2
