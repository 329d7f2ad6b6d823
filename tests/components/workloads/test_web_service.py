"""The shop's namespace, services and pods."""

from copy import deepcopy

import pytest

from tests.components.program import Deployed, run_program, stack_file
from tests.components.workloads.rendered import SERVICES, container, deployment, with_service


@SERVICES
def test_a_rollout_loses_no_capacity(deployed: Deployed, service: str) -> None:
    spec = deployment(deployed, service)
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert "spec.replicas" in (deployed.options[f"shop-{service}-deployment"].ignore_changes or [])


@pytest.mark.parametrize(
    ("stack", "service", "least", "most"),
    [
        ("dev", "frontend-web", 2, 10),
        ("staging", "frontend-web", 2, 15),
        ("prod", "frontend-web", 3, 20),
        ("dev", "backend-api", 2, 20),
        ("staging", "backend-api", 3, 30),
        ("prod", "backend-api", 5, 50),
    ],
)
def test_autoscaler(stack: str, service: str, least: int, most: int) -> None:
    deployed = run_program(stack)
    autoscaler = deployed.one(":HorizontalPodAutoscaler", f"shop-{service}-autoscaler").inputs
    assert autoscaler["metadata"]["name"] == f"{service}-hpa"
    assert (autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]) == (least, most)
    targets = {
        m["resource"]["name"]: m["resource"]["target"]["averageUtilization"] for m in autoscaler["spec"]["metrics"]
    }
    assert targets == {"cpu": 70, "memory": 80}
    assert autoscaler["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300
    assert deployment(deployed, service)["replicas"] == least


@SERVICES
def test_the_disruption_budget_lets_one_pod_go(dev: Deployed, service: str) -> None:
    spec = dev.one(":PodDisruptionBudget", f"shop-{service}-disruption-budget").inputs["spec"]
    assert spec["maxUnavailable"] == 1
    assert spec["selector"] == deployment(dev, service)["selector"]


def test_without_an_image_the_placeholder_answers_on_the_port() -> None:
    made = container(with_service(port=8080, health={"readiness": "/ready", "liveness": "/live"}))
    assert made["image"] == "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
    assert made["args"] == ["serve-hostname", "--port=8080"]
    assert made["ports"][0]["containerPort"] == 8080
    paths = {probe: made[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert paths == {"startupProbe": "/", "readinessProbe": "/ready", "livenessProbe": "/live"}


def test_an_image_runs_as_it_is() -> None:
    made = container(with_service(image="registry.example.com/frontend@sha256:" + "a" * 64))
    assert made["image"].startswith("registry.example.com/frontend@")
    assert "args" not in made


def test_a_third_and_a_fourth_service_are_a_stanza_each() -> None:
    settings = deepcopy(stack_file("dev"))
    stanzas = settings["openmarket:services"]
    stanzas["search"] = stanzas["frontend-web"] | {"hosts": ["search"], "port": 4000, "uses": ["cache"]}
    stanzas["worker"] = stanzas["frontend-web"] | {"hosts": [], "calls": ["search"]}
    deployed = run_program("dev", settings)
    rules = deployed.one("networking.k8s.io/v1:Ingress").inputs["spec"]["rules"]
    backends = {rule["host"]: rule["http"]["paths"][0]["backend"]["service"] for rule in rules}
    assert backends["search.dev.openmarket.example.com"] == {"name": "search", "port": {"number": 4000}}
    assert "worker" not in {backend["name"] for backend in backends.values()}
    assert {rule.inputs["fromPort"] for rule in deployed.of(":SecurityGroupEgressRule")} == {3000, 4000}
    assert {"name": "SEARCH_URL", "value": "http://search:4000"} in container(deployed, "worker")["env"]
