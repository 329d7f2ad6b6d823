"""A schema of a service's own: its users' secrets and Job, who gets what, and that the shop's keeps its names."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from tests.components.kinds import IMAGE, SIZE, with_kinds
from tests.components.program import Deployed, run_program

MIGRATION: dict[str, Any] = {"command": ["npm", "run", "migrate"], "mode": "job"}
ORDERS: dict[str, Any] = {
    "image": "registry.example.com/orders:1", "database": {"name": "orders_2"}, "migration": MIGRATION,
    "replicas": 2, "maxReplicas": 2, **SIZE,
}  # fmt: skip
CATALOG: dict[str, Any] = {"database": {"name": "catalog"}, "replicas": 2, "maxReplicas": 2, **SIZE}
EVENTS: dict[str, Any] = {
    "kind": "worker", "imageOf": "orders", "database": {"name": "orders_2"}, "replicas": 1, "maxReplicas": 1, **SIZE,
}  # fmt: skip
APP, MIGRATIONS = "openmarket-db-schema-orders-2-app-credentials", "openmarket-db-schema-orders-2-migration-credentials"
USERS = "database-users-orders-2"


@cache
def deployed(stack: str = "dev", shared: bool = True) -> Deployed:
    """The stack with two schemas besides the shop's, which nobody uses if it is not `shared`."""
    settings = with_kinds(stack)
    services = settings["openmarket:services"]
    services |= {"orders": ORDERS, "catalog": CATALOG, "events": EVENTS}
    if not shared:
        for each in services.values():
            each["uses"] = [use for use in each.get("uses", []) if use != "database"]
    return run_program(stack, settings)


def external(name: str, found: Deployed | None = None) -> Mapping[str, Any]:
    """The ExternalSecret of this name."""
    each = [each.inputs for each in (found or deployed()).of(":ExternalSecret") if "metadata" in each.inputs]
    (inputs,) = [inputs for inputs in each if inputs["metadata"]["name"] == name]
    return inputs["spec"]


def target(name: str) -> str:
    return str(external(name)["target"]["name"])


def pods(found: Deployed) -> dict[str, Mapping[str, Any]]:
    """Pod templates by the services and Jobs whose pods they are."""
    specs = [each.inputs["spec"] for each in found.of("apps/v1:Deployment") + found.of("batch/v1:Job")]
    specs += [each.inputs["spec"]["jobTemplate"]["spec"] for each in found.of("batch/v1:CronJob")]
    templates = [spec["template"] for spec in specs]
    return {each["metadata"]["labels"]["app.kubernetes.io/name"]: each["spec"] for each in templates}


def knowing(secret: str) -> set[str]:
    """The services and Jobs whose pods have a Secret in their environment."""
    text = f'"{target(secret)}"'
    return {name for name, pod in pods(deployed()).items() if text in json.dumps(pod)}


def secret_values(name: str) -> dict[str, str]:
    return json.loads(deployed().one("secretVersion:SecretVersion", f"{name}-version").inputs["secretString"]["value"])


def test_its_users_are_its_own() -> None:
    app, migration = (secret_values(f"data-schema-orders-2-{user}-credentials") for user in ("app", "migration"))
    shop = secret_values("data-database-app-db-credentials")
    assert (app["username"], migration["username"]) == ("orders_2_app", "orders_2_migration")
    assert app["dbname"] == migration["dbname"] == "orders_2"
    assert len({app["password"], migration["password"], shop["password"]}) == 3
    assert {app[key] for key in ("host", "reader_host", "port")} == {
        shop[key] for key in ("host", "reader_host", "port")
    }


def test_names_of_mysql_users_fit() -> None:
    settings = with_kinds()
    settings["openmarket:services"]["backend-api"] |= {
        "uses": [],
        "migration": MIGRATION,
        "database": {"name": "a" * 22},
    }
    found = run_program("dev", settings)
    described = [each.inputs["description"] for each in found.of("secretsmanager/secret:Secret")]
    users = [each.removeprefix("Database user ") for each in described if each.startswith("Database user ")]
    assert f"{'a' * 22}_migration" in users
    assert max(map(len, users)) == 32


def test_the_services_of_a_schema_share_its_user_and_nobody_else_has_it() -> None:
    assert knowing(APP) == {"orders", "events", USERS}
    assert knowing("openmarket-db-schema-catalog-app-credentials") == {"catalog", "database-users-catalog"}
    assert not {"orders", "catalog", "events"} & knowing("openmarket-db-credentials")


def test_only_the_migration_and_the_job_of_users_know_the_migrations_user() -> None:
    assert knowing(MIGRATIONS) == {"orders-migration", USERS}


def test_a_schema_that_nothing_migrates_has_no_user_for_that() -> None:
    names = {each.inputs["name"] for each in deployed().of("secretsmanager/secret:Secret")}
    assert "openmarket-dev-schema-catalog-app-credentials" in names
    assert not [name for name in names if "catalog-migration" in name]
    (container,) = pods(deployed())["database-users-catalog"]["containers"]
    assert [each["prefix"] for each in container["envFrom"]] == ["ADMIN_", "APPLICATION_"]


def test_there_is_one_job_for_each_schema_and_the_master_user_is_known_to_them_alone() -> None:
    jobs = {"database-users", USERS, "database-users-catalog"}
    assert jobs <= pods(deployed()).keys()
    assert knowing("openmarket-db-admin-credentials") == jobs


@pytest.mark.parametrize("service", ["orders", "catalog", "events"])
def test_services_wait_for_the_job_of_their_schema(service: str) -> None:
    job = "database-users-catalog" if service == "catalog" else USERS
    needed = deployed().waits_for(f"shop-{service}-deployment")
    assert job in needed
    assert "database-users" not in needed
    (waiting, *_) = pods(deployed())[service]["initContainers"]
    assert waiting["name"] == "wait-for-database"


def test_the_migration_comes_between_the_users_and_all_that_run_the_image() -> None:
    assert USERS in deployed().waits_for("orders-migration")
    for service in ("orders", "events"):
        assert "orders-migration" in deployed().waits_for(f"shop-{service}-deployment")
    assert "orders-migration" not in deployed().waits_for("shop-catalog-deployment")


def test_roles_may_read_the_secret_of_their_schema_and_no_other_of_the_database() -> None:
    readers = [(each.name, each.inputs["policy"]) for each in deployed().of("aws:iam/rolePolicy:RolePolicy")]
    of_schema = {name for name, policy in readers if "secret:openmarket-dev-schema-orders-2-app-credentials" in policy}
    owners = ("addons-external-secrets", "orders", "events")
    assert of_schema == {f"{owner}-identity-data-schema-orders-2-app-credentials-read" for owner in owners}
    migrations = {name for name, policy in readers if "schema-orders-2-migration-credentials" in policy}
    assert migrations == {"addons-external-secrets-identity-data-schema-orders-2-migration-credentials-read"}
    assert not [name for name, policy in readers if name.startswith("orders-") and "app-db-credentials" in policy]


def test_the_quota_has_room_for_every_job_of_users() -> None:
    def pods_allowed(found: Deployed) -> int:
        return int(found.one("core/v1:ResourceQuota").inputs["spec"]["hard"]["pods"])

    settings = with_kinds()
    settings["openmarket:services"] |= {"orders": ORDERS, "catalog": CATALOG, "events": EVENTS}
    before = pods_allowed(run_program("dev", settings))
    settings["openmarket:services"]["catalog"] = CATALOG | {"database": {"name": "orders_2"}}
    assert pods_allowed(run_program("dev", settings)) == before - 2


def test_the_shops_schema_is_left_alone_if_nobody_uses_it() -> None:
    found = deployed(shared=False)
    assert "database-users" not in pods(found)
    assert {USERS, "database-users-catalog"} <= pods(found).keys()
    assert "shop-database-admin-credentials-external-secret" in found.waits_for(USERS)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_what_the_shops_schema_has_stays_as_it_is(stack: str) -> None:
    """Otherwise a stack that gets its first schema of a service would lose its users for a moment."""

    def named(found: Deployed) -> dict[tuple[str, str], Any]:
        return {
            (each.type, each.name): (found.parent(each.name), each.inputs)
            for each in found.resources
            if "database" in each.name or "-db-" in each.name
        }

    before, after = named(run_program(stack, with_kinds(stack))), named(deployed(stack))
    assert len(before) > 40
    assert {each: after[each] for each in before} == before


def test_an_init_container_migrates_with_the_schemas_own_user() -> None:
    settings = with_kinds(image=IMAGE)
    settings["openmarket:services"]["orders"] = ORDERS | {"migration": MIGRATION | {"mode": "initContainer"}}
    pod = pods(run_program("dev", settings))["orders"]
    assert [each["name"] for each in pod["initContainers"]] == ["wait-for-database", "migration"]
    sources = [each["secretRef"]["name"] for each in pod["initContainers"][1]["envFrom"] if "secretRef" in each]
    assert [name.rpartition("-")[0] for name in sources] == [MIGRATIONS]
