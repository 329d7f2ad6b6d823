"""What the database needs before the services that use it, by configuration."""

from copy import deepcopy
from typing import Any

import pytest

from tests.components.program import Deployed, run_program, stack_file

USERS = "database-users"
MIGRATION = "backend-api-migration"


def backend(**changes: Any) -> Deployed:
    """The development stack with another backend."""
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["backend-api"] |= changes
    return run_program("dev", settings)


def migrating(mode: str) -> Deployed:
    return backend(
        image="registry.example.com/backend:1", migration={"command": ["npm", "run", "migrate"], "mode": mode}
    )


def init_containers(deployed: Deployed, service: str) -> list[str]:
    spec = deployed.one("apps/v1:Deployment", f"shop-{service}-deployment").inputs["spec"]["template"]["spec"]
    return [container["name"] for container in spec.get("initContainers", [])]


def test_the_users_come_before_the_services_that_use_the_database(deployed: Deployed) -> None:
    assert "data-database-instances" in deployed.dependencies(USERS)
    assert "shop-database-users" in deployed.dependencies("shop-backend-api-deployment")
    assert "shop-database-users" not in deployed.dependencies("shop-frontend-web-deployment")


def test_only_services_that_use_the_database_wait_for_it(deployed: Deployed) -> None:
    assert init_containers(deployed, "backend-api") == ["wait-for-database"]
    assert init_containers(deployed, "frontend-web") == []


def test_the_master_user_is_known_to_one_job_only(deployed: Deployed) -> None:
    knowing = [
        resource.name
        for resource in deployed.resources
        if "openmarket-db-admin-credentials-" in str(resource.inputs.get("spec", {}).get("template", ""))
    ]
    assert knowing == [USERS]


def test_a_placeholder_migrates_nothing() -> None:
    deployed = backend(migration={"command": ["npm", "run", "migrate"], "mode": "job"})
    assert [job.name for job in deployed.of("batch/v1:Job")] == [USERS]


def test_a_migration_job_comes_between_users_and_pods() -> None:
    deployed = migrating("job")
    assert deployed.dependencies(MIGRATION) == {"shop-database-users"}
    assert "shop-database-backend-api-migration" in deployed.dependencies("shop-backend-api-deployment")
    assert init_containers(deployed, "backend-api") == ["wait-for-database"]


def test_an_init_container_migrates_before_each_pod() -> None:
    deployed = migrating("initContainer")
    assert [job.name for job in deployed.of("batch/v1:Job")] == [USERS]
    assert init_containers(deployed, "backend-api") == ["wait-for-database", "migration"]


def test_without_a_service_that_uses_it_the_database_is_left_alone() -> None:
    assert backend(uses=["cache", "tokens"]).of("batch/v1:Job") == []


@pytest.mark.parametrize("image", ["mysql", "mysql:", "my sql:8"])
def test_a_client_image_without_tag_is_refused(image: str) -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:database"]["clientImage"] = image
    with pytest.raises(Exception, match=r"openmarket:database\.clientImage"):
        run_program("dev", settings)


def test_another_client_image_is_used() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:database"]["clientImage"] = "registry.example.com/mysql:8.4.11"
    pod = run_program("dev", settings).one("batch/v1:Job", USERS).inputs["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == "registry.example.com/mysql:8.4.11"
