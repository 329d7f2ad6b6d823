"""Whether workloads are ready, and what is said of those that are not."""

from typing import Any, cast

import pytest

from emulator.kubernetes import readiness
from emulator.kubernetes.api import Api


def deployment(**status: Any) -> dict[str, Any]:
    metadata = {"name": "web", "generation": 2}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {"replicas": 2},
        "status": status,
    }


DONE = {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}


@pytest.mark.parametrize(
    ("change", "ready"),
    [
        ({}, True),
        ({"observedGeneration": 1}, False),
        ({"availableReplicas": 1}, False),
        ({"updatedReplicas": 1}, False),
        ({"replicas": 3}, False),
    ],
)
def test_deployment(change: dict[str, int], ready: bool) -> None:
    assert readiness.of(deployment(**{**DONE, **change})).ready is ready


def test_deployment_past_its_deadline_fails() -> None:
    stuck = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too slow"}
    progress = readiness.of(deployment(**{**DONE, "availableReplicas": 0}, conditions=[stuck]))
    assert progress.failed
    assert progress.message == "too slow"


def test_a_failed_job_names_its_pods_and_exit_codes() -> None:
    ended = {"name": "app", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}
    pod = {"kind": "Pod", "metadata": {"name": "web-x"}, "spec": {}, "status": {"containerStatuses": [ended]}}

    class Cluster:
        """Has that pod, and no events."""

        def list(self, _: str, kind: str, *__: str, **___: str) -> list[dict[str, Any]]:
            """Whatever is asked for."""
            return [pod] if kind == "Pod" else []

    spec = {"selector": {"matchLabels": {"a": "b"}}}
    job = {"kind": "Job", "metadata": {"name": "web", "namespace": "ns"}, "spec": spec}
    assert readiness.details(cast(Api, Cluster()), job) == ["[Pod web-x] container app terminated: Error, exit code 3"]
