"""What `kubectl logs` shows where no container runs."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from emulator.kubernetes.controllers import kubelet
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.controller_logs import ControllerLogs

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
INGRESS = {"kind": "Ingress", "metadata": {"namespace": "ns", "name": "shop"}}
CONTROLLER = "app.kubernetes.io/name=aws-load-balancer-controller"


def context(folder: Path) -> Context:
    return Context("dev", cast(Any, SimpleNamespace()), cast(Any, None), ControllerLogs(folder))


def pod(name: str, state: dict[str, Any]) -> dict[str, Any]:
    status = {"containerStatuses": [{"name": "c", "image": "registry/image:1", "state": state}]}
    labels = {"app.kubernetes.io/name": name}
    return {"metadata": {"name": "p", "labels": labels}, "spec": {"containers": [{"name": "c"}]}, "status": status}


def running(since: str) -> dict[str, Any]:
    return {"running": {"startedAt": since}}


def shown(folder: Path, of: dict[str, Any], **query: str) -> list[str]:
    return [line.text for line in kubelet.lines(context(folder), of, "c", kubelet.options(query, NOW))]


def test_a_controller_tells_what_it_did_and_repeats_nothing(tmp_path: Path) -> None:
    place = context(tmp_path)
    for _ in range(3):
        place.log(CONTROLLER, INGRESS, "AccessDenied", "error")
    place.log(CONTROLLER, INGRESS, "created loadBalancer")
    lines = shown(tmp_path, pod("aws-load-balancer-controller", running("2026-01-01T00:00:00Z")))
    assert "no container runs here" in lines[0]
    assert [text.count("AccessDenied") for text in lines] == [0, 1, 0]
    assert '"object": "Ingress ns/shop"' in lines[2]


def test_a_pod_knows_nothing_from_before_its_start(tmp_path: Path) -> None:
    context(tmp_path).log(CONTROLLER, INGRESS, "created loadBalancer")
    assert len(shown(tmp_path, pod("aws-load-balancer-controller", running("2999-01-01T00:00:00Z")))) == 1


def test_other_containers_say_that_they_do_not_run(tmp_path: Path) -> None:
    web = pod("frontend-web", running("2026-01-01T11:00:00Z"))
    assert shown(tmp_path, web) == ["emulator: no container runs here, so registry/image:1 writes no log"]
    assert shown(tmp_path, web, sinceSeconds="60") == []
    assert len(shown(tmp_path, web, sinceTime="2026-01-01T10:00:00Z")) == 1


def test_the_log_says_that_probes_are_simulated(tmp_path: Path) -> None:
    web = pod("frontend-web", running("2026-01-01T11:00:00Z"))
    web["spec"]["containers"][0]["readinessProbe"] = {"httpGet": {"path": "/ready", "port": 3000}}
    web["spec"]["containers"][0]["ports"] = [{"containerPort": 3000}]
    assert shown(tmp_path, web)[1:] == [
        "emulator: readiness probe (GET /ready at port 3000): simulated, it is not run and counts as passed"
    ]


@pytest.mark.parametrize(
    ("state", "query", "message"),
    [
        (
            running("2026-01-01T11:00:00Z"),
            {"previous": "true"},
            'previous terminated container "c" in pod "p" not found',
        ),
        ({"waiting": {"reason": "ImagePullBackOff"}}, {}, "is waiting to start: ImagePullBackOff"),
        ({}, {}, "is waiting to start: ContainerCreating"),
    ],
)
def test_what_has_no_log(tmp_path: Path, state: dict[str, Any], query: dict[str, str], message: str) -> None:
    with pytest.raises(kubelet.Unavailable, match=message):
        shown(tmp_path, pod("frontend-web", state), **query)
