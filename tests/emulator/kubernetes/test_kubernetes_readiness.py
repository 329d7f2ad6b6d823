"""Readiness rules on object JSON."""

from typing import Any, cast

import pytest

from emulator.kubernetes.api import Api
from emulator.kubernetes.awaiting import explain, readiness


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


@pytest.mark.parametrize(("counted", "ready"), [({}, False), ({"pods": "1"}, False), ({"pods": "2"}, True)])
def test_a_quota_is_ready_once_its_usage_is_counted(counted: dict[str, str], ready: bool) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {}, "spec": {"hard": {"pods": "2"}}}
    assert readiness.of({**quota, "status": {"hard": counted}}).ready is ready


@pytest.mark.parametrize(("type_", "ready", "failed"), [("Complete", True, False), ("Failed", False, True)])
def test_job(type_: str, ready: bool, failed: bool) -> None:
    conditions = [{"type": type_, "status": "True", "reason": "BackoffLimitExceeded"}]
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {}, "spec": {}, "status": {"conditions": conditions}}
    progress = readiness.of(job)
    assert (progress.ready, progress.failed) == (ready, failed)


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
    assert explain.details(cast(Api, Cluster()), job) == ["[Pod web-x] container app terminated: Error, exit code 3"]


def service(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}


def test_service_needs_a_ready_endpoint() -> None:
    web = service(selector={"app": "web"})
    waiting = [{"endpoints": [{"conditions": {"ready": False}}]}]
    ready = [{"endpoints": [{"conditions": {"ready": True}}]}]
    assert not readiness.service(web, []).ready
    assert not readiness.service(web, waiting).ready
    assert readiness.service(web, [*waiting, *ready]).ready


@pytest.mark.parametrize(
    "spec", [{}, {"selector": {"a": "b"}, "clusterIP": "None"}, {"type": "ExternalName", "selector": {"a": "b"}}]
)
def test_service_without_endpoints_of_its_own(spec: dict[str, Any]) -> None:
    assert readiness.service(service(**spec), []).ready


def test_ingress_needs_its_services_and_an_address() -> None:
    backend = {"service": {"name": "web", "port": {"number": 3000}}}
    spec = {"rules": [{"http": {"paths": [{"backend": backend}]}}]}
    ingress: dict[str, Any] = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {}, "spec": spec}
    assert "'web'" in readiness.ingress(ingress, {"web": None}).message
    assert not readiness.ingress(ingress, {"web": service()}).ready
    ingress["status"] = {"loadBalancer": {"ingress": [{"hostname": "x.elb.amazonaws.com"}]}}
    assert readiness.ingress(ingress, {"web": service()}).ready


def test_kinds_without_a_rule_are_ready() -> None:
    assert readiness.of({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}).ready
