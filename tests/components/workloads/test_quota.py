"""The quota lets everything run that may run, and nothing that the shop never makes."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.base.pods import Demand, mebibytes, millicores
from components.config import MigrationMode, WebConfig
from components.workloads.quota import largest_container, peak
from tests.components.program import STACKS, Deployed, run_program, stack_file

DATABASES: list[dict[str, Any]] = [{}, {"uses": ["database"]}, {"database": {"name": "orders"}}]
SERVICES = st.dictionaries(
    st.sampled_from(["frontend-web", "backend-api", "search", "worker"]),
    st.builds(
        lambda most, cpu, memory, database, command, mode: WebConfig.model_validate(
            {
                "replicas": 2,
                "maxReplicas": most,
                "cpu": f"{cpu}m",
                "memory": f"{memory}Mi",
                **database,
                "migration": {"command": ["migrate"] if command and database else [], "mode": mode},
            }
        ),
        st.integers(2, 60),
        st.integers(1, 3000),
        st.integers(1, 3000),
        st.sampled_from(DATABASES),
        st.booleans(),
        st.sampled_from(MigrationMode),
    ),
    min_size=1,
)


def hard(deployed: Deployed) -> dict[str, str]:
    return deployed.one("core/v1:ResourceQuota").inputs["spec"]["hard"]


def limits(deployed: Deployed) -> dict[str, Any]:
    (container,) = deployed.one("core/v1:LimitRange").inputs["spec"]["limits"]
    assert container["type"] == "Container"
    return container


def pods_in_a_rollout(most: int, surge: int) -> int:
    """The most pods that there are at once if none of those that leave is gone before the rollout is over."""
    old, new, leaving, peak = most, 0, 0, most
    while old:
        new += min(most + surge - old - new, most - new)
        peak = max(peak, old + new + leaving)
        # Each that is ready lets an old one go: none may be unavailable.
        goes = min(old, old + new - most)
        old, leaving = old - goes, leaving + goes
    return peak


@given(st.integers(2, 200), st.integers(1, 50))
def test_a_rollout_never_has_more_pods_than_the_quota_counts(most: int, surge: int) -> None:
    assert pods_in_a_rollout(most, surge) <= most + surge + most


@given(SERVICES)
def test_every_service_may_be_rolled_out_at_its_maximum(services: dict[str, WebConfig]) -> None:
    total, waiting = peak(services), Demand(50, 64)
    pods, cpu, memory = 0, 0, 0
    for service in services.values():
        own = Demand(millicores(service.cpu), mebibytes(service.memory))
        with_database = bool(service.used_schema)
        count = pods_in_a_rollout(service.max_replicas, service.surge)
        count += bool(service.migration.command) and service.migration.mode is MigrationMode.JOB
        pods += count
        cpu += count * (max(own.cpu, waiting.cpu) if with_database else own.cpu)
        memory += count * (max(own.memory, waiting.memory) if with_database else own.memory)
    for _ in {service.used_schema for service in services.values() if service.used_schema}:
        pods, cpu, memory = pods + 1, cpu + 100, memory + 128
    assert total.pods >= pods
    assert total.cpu >= cpu
    assert total.memory >= memory


@given(SERVICES)
def test_no_service_has_a_container_that_is_too_large(services: dict[str, WebConfig]) -> None:
    largest = largest_container(services)
    assert all(millicores(service.cpu) <= largest.cpu for service in services.values())
    assert all(mebibytes(service.memory) <= largest.memory for service in services.values())
    assert largest >= Demand(100, 128)


def test_two_services_in_development() -> None:
    settings = deepcopy(stack_file("dev"))
    services = settings["openmarket:services"]
    settings["openmarket:services"] = {name: services[name] for name in ("frontend-web", "backend-api")}
    dev = run_program("dev", settings)
    # (10 + 3 + 10) x 200m and (20 + 5 + 20) x 250m, and two pods of 100m that make the database's users.
    cpu = str(23 * 0.2 + 45 * 0.25 + 2 * 0.1).replace(".", "") + "0m"
    # 23 x 256 MiB, 45 x 512 MiB, 2 x 128 MiB.
    memory = f"{23 * 256 + 45 * 512 + 2 * 128}Mi"
    assert hard(dev) == {
        "pods": "70",
        "requests.cpu": cpu,
        "limits.cpu": cpu,
        "requests.memory": memory,
        "limits.memory": memory,
        "persistentvolumeclaims": "0",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }
    assert limits(dev) == {
        "type": "Container",
        "default": {"cpu": "100m", "memory": "128Mi"},
        "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
        "max": {"cpu": "500m", "memory": "1Gi"},
    }


@pytest.mark.parametrize("stack", STACKS)
def test_every_container_of_the_stacks_is_allowed(stack: str) -> None:
    deployed = run_program(stack)
    most = limits(deployed)["max"]
    workloads = deployed.of("apps/v1:Deployment") + deployed.of("batch/v1:Job")
    templates = [workload.inputs["spec"]["template"] for workload in workloads]
    assert len(templates) > len(stack_file(stack)["openmarket:services"])
    for template in templates:
        for container in template["spec"]["containers"] + template["spec"].get("initContainers", []):
            asked = container["resources"]["limits"]
            assert millicores(asked["cpu"]) <= millicores(most["cpu"])
            assert mebibytes(asked["memory"]) <= mebibytes(most["memory"])


def test_the_quota_is_there_before_the_pods(dev: Deployed) -> None:
    for service in ("frontend-web", "backend-api"):
        assert {"shop-quota-resources", "shop-quota-containers"} <= dev.dependencies(f"shop-{service}-deployment")


def test_quantities_are_as_kubernetes_writes_them(deployed: Deployed) -> None:
    for resource, quantity in (hard(deployed) | limits(deployed)["max"]).items():
        if resource.endswith("cpu"):
            assert quantity == f"{millicores(quantity)}m" or quantity == str(millicores(quantity) // 1000)
            assert not quantity.endswith("000m")
        elif resource.endswith("memory"):
            assert quantity.endswith("Gi") or mebibytes(quantity) % 1024
