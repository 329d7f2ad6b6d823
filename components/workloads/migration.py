"""The migration of the database's schema to a service's version, before the service runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.services import DeployedConfig
from components.workloads.job import Job, JobArgs
from components.workloads.placement import Placement
from components.workloads.task import Task, task_container

_DEADLINE_SECONDS = 1800
"""Seconds for all of a migration, which may build an index on a large table."""


@dataclass(frozen=True)
class MigrationArgs:
    """Inputs of `Migration`."""

    namespace: pulumi.Input[str]
    service: str
    settings: DeployedConfig
    secret: pulumi.Input[str]
    """The Secret of the migrations' user, with the keys DB_HOST, DB_PORT, DB_NAME, DB_USERNAME and DB_PASSWORD."""
    config_map: pulumi.Input[str]
    """The ConfigMap with the variables of all services."""
    depends_on: Sequence[pulumi.Resource]
    """The database's users, and the policies that let the pod reach the database."""
    placement: Placement | None = None
    """The node group that the service's pods are bound to, as its image may run on no other; or None."""


class Migration(pulumi.ComponentResource):
    """Creates the awaited Job `<service>-migration-<generated>`: once per image, before any pod of it.

    Pods of the image before are still serving then: a migration must leave them what they need.
    """

    job_name: pulumi.Output[str]

    def __init__(self, name: str, args: MigrationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Migration", name, {}, opts)
        job = Job(
            f"{name}-job",
            JobArgs(
                namespace=args.namespace,
                name=migration_name(args.service),
                task=_task(args),
                deadline_seconds=_DEADLINE_SECONDS,
                depends_on=args.depends_on,
                # One that stopped half-way must be looked at before it is tried again.
                retries=0,
                placement=args.placement,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.job_name = job.job_name
        self.register_outputs({"job_name": self.job_name})


def migration_name(service: str) -> str:
    """The beginning of the name of a service's migration Job, and the label `app.kubernetes.io/name` of its pods."""
    return f"{service}-migration"


def migration_container(args: MigrationArgs) -> kubernetes.core.v1.ContainerArgs:
    """An init container that does the same before each pod, after `wait_for_database`.

    Its pod has the `writable_volumes`. Several pods start at once: the migration tool must take a lock.
    """
    return task_container("migration", _task(args))


def _task(args: MigrationArgs) -> Task:
    settings = args.settings
    return Task(
        image=settings.image,
        command=settings.migration.command,
        database=args.secret,
        secrets={"": args.secret},
        config_maps=[args.config_map],
        environment=settings.environment,
        writable=settings.writable,
        requests=settings.requests,
    )
