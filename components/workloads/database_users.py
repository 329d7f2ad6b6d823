"""The Job that creates the database's users besides the master user, which no service ever sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from components.config.services import DATABASE_USERS
from components.workloads.job import Job, JobArgs
from components.workloads.task import Task

NAME = "database-users"
"""The label `app.kubernetes.io/name` of the pods."""
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
    migration_secret: pulumi.Input[str]
    depends_on: Sequence[pulumi.Resource]
    """The database's instances, and the policies that let the pod reach them."""


class DatabaseUsers(pulumi.ComponentResource):
    """Creates an awaited Job that makes the application's and the migrations' user, of one database and over TLS only.

    It runs again when a Secret has another version. The password before stays valid then, so that pods which have it go
    on until they are replaced. The master user may do that by its privilege CREATE USER (MySQL 8.0 Reference Manual,
    Password Management; Amazon Aurora User Guide, Master user account privileges).
    """

    job_name: pulumi.Output[str]

    def __init__(self, name: str, args: DatabaseUsersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:DatabaseUsers", name, {}, opts)
        job = Job(
            f"{name}-job",
            JobArgs(
                namespace=args.namespace,
                name=NAME,
                task=Task(
                    image=args.image,
                    command=["sh", "-euc", SCRIPT.read_text()],
                    database=args.admin_secret,
                    secrets={
                        "ADMIN_": args.admin_secret,
                        "APPLICATION_": args.application_secret,
                        "MIGRATION_": args.migration_secret,
                    },
                    environment={
                        "APPLICATION_PRIVILEGES": ", ".join(APPLICATION_PRIVILEGES),
                        "MIGRATION_PRIVILEGES": ", ".join(MIGRATION_PRIVILEGES),
                    },
                    requests=DATABASE_USERS,
                ),
                deadline_seconds=_DEADLINE_SECONDS,
                depends_on=args.depends_on,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.job_name = job.job_name
        self.register_outputs({"job_name": self.job_name})
