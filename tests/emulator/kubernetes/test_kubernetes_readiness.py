"""Readiness rules on object JSON."""

from typing import Any

import pytest

from emulator.kubernetes.awaiting import readiness


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
