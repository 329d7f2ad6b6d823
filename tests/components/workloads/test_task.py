"""Jobs that prepare the database, migrations, and what waits for the database: what is registered."""

from typing import Any

import pulumi
import pytest

from components.base.versions import DATABASE_CLIENT_IMAGE
from components.config import WebConfig
from components.config.services import PLACEHOLDER_IMAGE
from components.workloads.database_users import DatabaseUsers, DatabaseUsersArgs
from components.workloads.migration import Migration, MigrationArgs, migration_container
from components.workloads.wait_for_port import wait_for_database
from tests.components.program import Deployed, run

IMAGE = "registry.example.com/backend:1"
COMMAND = ("npx", "prisma", "migrate", "deploy")


def deploy(image: str = IMAGE, **secrets: str) -> Deployed:
    """Both Jobs, with Secrets of these names."""
    names = {"admin": "admin-1", "application": "app-1", "migration": "migration-1"} | secrets

    def program() -> None:
        given = {user: pulumi.Output.from_input(name) for user, name in names.items()}
        users = DatabaseUsers(
            "users",
            DatabaseUsersArgs(
                "shop", DATABASE_CLIENT_IMAGE, given["admin"], given["application"], given["migration"], depends_on=[]
            ),
        )
        Migration("migration", migration(image, given["migration"], users))

    return run("dev", {}, program)


def migration(image: str, secret: pulumi.Input[str], *needed: pulumi.Resource) -> MigrationArgs:
    settings = WebConfig.model_validate(
        {
            "replicas": 2,
            "maxReplicas": 2,
            "cpu": "250m",
            "memory": "256Mi",
            "image": image,
            "uses": ["database"],
            "migration": {"command": list(COMMAND)},
            "environment": {"LOG_LEVEL": "debug"},
            "writable": ["/app/.cache"],
        }
    )
    return MigrationArgs("shop", "backend-api", settings, secret, "openmarket-config-1", needed)


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    return deploy()


def job(deployed: Deployed, name: str) -> dict[str, Any]:
    return dict(deployed.one("batch/v1:Job", name).inputs)


def jobs(deployed: Deployed) -> list[dict[str, Any]]:
    return [job(deployed, name) for name in ("database-users", "backend-api-migration")]


def template(deployed: Deployed, name: str) -> dict[str, Any]:
    """Another one is another Job."""
    return job(deployed, name)["spec"]["template"]


def test_pods_meet_the_restricted_standard(deployed: Deployed) -> None:
    for each in jobs(deployed):
        pod = each["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in [*pod["initContainers"], *pod["containers"]]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["requests"] == container["resources"]["limits"]


def test_jobs_end_and_stay(deployed: Deployed) -> None:
    for each in jobs(deployed):
        spec = each["spec"]
        assert spec["activeDeadlineSeconds"] > 0
        assert spec["template"]["spec"]["restartPolicy"] == "Never"
        assert "ttlSecondsAfterFinished" not in spec
        assert each["metadata"]["annotations"] == {"pulumi.com/replaceUnready": "true"}
    assert job(deployed, "backend-api-migration")["spec"]["backoffLimit"] == 0


def test_pulumi_waits_longer_than_the_deadline(deployed: Deployed) -> None:
    timeouts = deployed.options["database-users"].custom_timeouts
    assert isinstance(timeouts, pulumi.CustomTimeouts)
    deadline = job(deployed, "database-users")["spec"]["activeDeadlineSeconds"]
    assert int(str(timeouts.create).removesuffix("s")) > deadline


def test_network_policies_find_the_pods(deployed: Deployed) -> None:
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in jobs(deployed)]
    assert [label["app.kubernetes.io/name"] for label in labels] == ["database-users", "backend-api-migration"]
    assert {label["app.kubernetes.io/part-of"] for label in labels} == {"openmarket"}


@pytest.mark.parametrize("secret", ["admin", "application", "migration"])
def test_the_users_follow_each_secret(deployed: Deployed, secret: str) -> None:
    assert template(deploy(**{secret: "other-2"}), "database-users") != template(deployed, "database-users")


def test_the_migration_follows_image_and_secret_only(deployed: Deployed) -> None:
    before = template(deployed, "backend-api-migration")
    assert template(deploy(), "backend-api-migration") == before
    assert template(deploy(application="app-2"), "backend-api-migration") == before
    assert template(deploy(migration="migration-2"), "backend-api-migration") != before
    assert template(deploy(image=f"{IMAGE}.1"), "backend-api-migration") != before


def test_another_job_never_has_the_name_of_one_that_is_still_there(deployed: Deployed) -> None:
    """Pulumi generates it: what a failed deployment leaves behind is in nobody's way."""
    for each in jobs(deployed):
        assert "name" not in each["metadata"]


def test_the_migration_comes_after_the_users(deployed: Deployed) -> None:
    assert deployed.dependencies("backend-api-migration") == {"users"}


def test_the_users_job_knows_all_three_and_the_migration_only_its_own(deployed: Deployed) -> None:
    def secrets(name: str) -> list[tuple[str | None, str]]:
        (container,) = job(deployed, name)["spec"]["template"]["spec"]["containers"]
        sources = container["envFrom"]
        return [(source.get("prefix"), source["secretRef"]["name"]) for source in sources if "secretRef" in source]

    assert secrets("database-users") == [
        ("ADMIN_", "admin-1"),
        ("APPLICATION_", "app-1"),
        ("MIGRATION_", "migration-1"),
    ]
    assert secrets("backend-api-migration") == [(None, "migration-1")]


def test_the_migration_is_the_images_command_with_the_services_settings(deployed: Deployed) -> None:
    (container,) = job(deployed, "backend-api-migration")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == IMAGE
    assert container["command"] == list(COMMAND)
    assert container["envFrom"][0] == {"configMapRef": {"name": "openmarket-config-1"}}
    assert container["env"] == [{"name": "LOG_LEVEL", "value": "debug"}]


def test_what_can_be_written_is_empty_and_short_lived(deployed: Deployed) -> None:
    pod = job(deployed, "backend-api-migration")["spec"]["template"]["spec"]
    mounts = [(mount["name"], mount["mountPath"]) for mount in pod["containers"][0]["volumeMounts"]]
    assert mounts == [("tmp", "/tmp"), ("app-cache", "/app/.cache")]  # noqa: S108
    assert pod["volumes"] == [{"name": name, "emptyDir": {}} for name, _ in mounts]


def test_an_init_container_migrates_alike(deployed: Deployed) -> None:
    made = migration_container(migration(IMAGE, "migration-1"))
    (container,) = job(deployed, "backend-api-migration")["spec"]["template"]["spec"]["containers"]
    assert made.image == container["image"]
    assert made.command == container["command"]


def test_waiting_takes_host_and_port_but_not_the_password(deployed: Deployed) -> None:
    for each, secret in zip(jobs(deployed), ("admin-1", "migration-1"), strict=True):
        (waiting,) = each["spec"]["template"]["spec"]["initContainers"]
        assert waiting["image"] == PLACEHOLDER_IMAGE
        keys = {variable["name"]: variable["valueFrom"]["secretKeyRef"] for variable in waiting["env"]}
        assert keys == {key: {"name": secret, "key": key} for key in ("DB_HOST", "DB_PORT")}
        assert "envFrom" not in waiting


def test_waiting_ends() -> None:
    command = wait_for_database("admin-1").command
    assert isinstance(command, list)
    script = str(command[-1])
    assert '/agnhost connect --timeout=2s "$DB_HOST:$DB_PORT"' in script
    assert "exit 1" in script
