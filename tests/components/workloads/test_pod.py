"""The pods of web services."""

from copy import deepcopy

import pytest

from tests.components.program import Deployed, run_program, stack_file
from tests.components.workloads.rendered import SERVICES, container, pod


@SERVICES
def test_pods_meet_the_restricted_standard(deployed: Deployed, service: str) -> None:
    security = pod(deployed, service)["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(deployed, service)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod(deployed, service)["automountServiceAccountToken"] is False


@SERVICES
def test_requests_equal_limits(deployed: Deployed, service: str) -> None:
    resources = container(deployed, service)["resources"]
    assert resources["requests"] == resources["limits"]
    assert set(resources["limits"]) == {"cpu", "memory", "ephemeral-storage"}


@SERVICES
def test_pods_spread_over_zones_and_rather_over_nodes(deployed: Deployed, service: str) -> None:
    (constraint,) = pod(deployed, service)["topologySpreadConstraints"]
    assert constraint["topologyKey"] == "topology.kubernetes.io/zone"
    assert constraint["matchLabelKeys"] == ["pod-template-hash"]
    assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"
    (preference,) = pod(deployed, service)["affinity"]["podAntiAffinity"][
        "preferredDuringSchedulingIgnoredDuringExecution"
    ]
    assert preference["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"


def test_environment(dev: Deployed) -> None:
    variables = {variable["name"]: variable["value"] for variable in container(dev)["env"]}
    any_address = "0.0.0.0"  # noqa: S104
    assert variables == {
        "PORT": "3000",
        "KEEP_ALIVE_TIMEOUT": "65000",
        "HOSTNAME": any_address,
        "BACKEND_API_URL": "http://backend-api:3000",
    }


@pytest.mark.parametrize("service", ["frontend-web", "backend-api"])
def test_services_are_told_how_long_to_keep_idle_connections(service: str) -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:ingress"]["idleTimeoutSeconds"] = 120
    settings["openmarket:services"]["backend-api"]["environment"] = {"KEEP_ALIVE_TIMEOUT": "200000"}
    told = {variable["name"]: variable["value"] for variable in container(run_program("dev", settings), service)["env"]}
    assert told["KEEP_ALIVE_TIMEOUT"] == {"frontend-web": "125000", "backend-api": "200000"}[service]


def test_directories_that_can_be_written(dev: Deployed) -> None:
    mounts = {mount["name"]: mount["mountPath"] for mount in container(dev)["volumeMounts"]}
    assert mounts == {"tmp": "/tmp", "app-next-cache": "/app/.next/cache"}  # noqa: S108
    assert pod(dev)["volumes"] == [{"name": name, "emptyDir": {}} for name in mounts]


def test_a_command_and_arguments_take_the_place_of_the_images_own() -> None:
    settings = deepcopy(stack_file("dev"))
    words = {"command": ["node", "server.js"], "arguments": ["--port", "3000; true"]}
    settings["openmarket:services"]["backend-api"] |= words
    placeholder = container(run_program("dev", settings), "backend-api")
    assert "command" not in placeholder, "the placeholder has a command of its own"
    assert placeholder["args"] == ["serve-hostname", "--port=3000"]
    settings["openmarket:services"]["backend-api"]["image"] = "registry.example.com/backend:1"
    made = container(run_program("dev", settings), "backend-api")
    assert (made["command"], made["args"]) == (words["command"], words["arguments"])
