"""The Job that creates the database's users besides the master user, which no service ever sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from components.config.services import DATABASE_USERS, SHOP_SCHEMA
from components.config.services.schema import users_name
from components.workloads.job import Job, JobArgs
from components.workloads.task import Task

APPLICATION_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")
MIGRATION_PRIVILEGES = (
    *APPLICATION_PRIVILEGES,
    "CREATE", "ALTER", "DROP", "INDEX", "REFERENCES", "CREATE VIEW", "SHOW VIEW", "TRIGGER", "CREATE ROUTINE",
    "ALTER ROUTINE", "EXECUTE", "EVENT", "CREATE TEMPORARY TABLES", "LOCK TABLES",
)  # fmt: skip
"""All privileges on a single database, without GRANT OPTION."""
SCRIPT = Path(__file__).with_suffix(".sh")

_DEADLINE_SECONDS = 600


@dataclass(frozen=True)
class DatabaseUsersArgs:
    """Inputs of `DatabaseUsers`.

    Each Secret has the keys DB_HOST, DB_PORT, DB_NAME, DB_USERNAME and DB_PASSWORD. Its name carries its version.
    """

    namespace: pulumi.Input[str]
    image: str
    """An image with a shell and the client `mysql`, 8.0.30 or newer."""
    admin_secret: pulumi.Input[str]
    application_secret: pulumi.Input[str]
    migration_secret: pulumi.Input[str] | None
    """None if nothing migrates the schema."""
    depends_on: Sequence[pulumi.Resource]
    """The database's instances, and the policies that let the pod reach them."""
    schema: str = SHOP_SCHEMA
    """The schema, which the application's Secret names too."""


class DatabaseUsers(pulumi.ComponentResource):
    """Creates an awaited Job that makes the application's and the migrations' user, of one schema and over TLS only.

    The schema itself is made too, unless it is the one that the database begins with. Nothing drops it or its users.
    It runs again when a Secret has another version. The password before stays valid then, so that pods which have it go
    on until they are replaced. The master user may do that by its privilege CREATE USER (MySQL 8.0 Reference Manual,
    Password Management; Amazon Aurora User Guide, Master user account privileges).
    """

    job_name: pulumi.Output[str]

    def __init__(self, name: str, args: DatabaseUsersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:DatabaseUsers", name, {}, opts)
        secrets = {"ADMIN_": args.admin_secret, "APPLICATION_": args.application_secret}
        environment = {"APPLICATION_PRIVILEGES": ", ".join(APPLICATION_PRIVILEGES)}
        if args.migration_secret is not None:
            secrets["MIGRATION_"] = args.migration_secret
            environment["MIGRATION_PRIVILEGES"] = ", ".join(MIGRATION_PRIVILEGES)
        job = Job(
            f"{name}-job",
            JobArgs(
                namespace=args.namespace,
                name=users_name(args.schema),
                task=Task(
                    image=args.image,
                    command=["sh", "-euc", SCRIPT.read_text()],
                    database=args.admin_secret,
                    secrets=secrets,
                    environment=environment,
                    requests=DATABASE_USERS,
                ),
                deadline_seconds=_DEADLINE_SECONDS,
                depends_on=args.depends_on,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.job_name = job.job_name
        self.register_outputs({"job_name": self.job_name})
