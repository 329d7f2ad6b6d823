"""Bringing the database's schema to a service's version, before the service runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes

from components.workloads.job import Job, JobArgs
from components.workloads.task import Task, task_container

_DEADLINE_SECONDS = 1800
"""Building an index on a large table takes its time."""


@dataclass(frozen=True)
class MigrationArgs:
    """Inputs of `Migration`."""

    namespace: pulumi.Input[str]
    service: str
    image: str
    """The service's own."""
    command: Sequence[str]
    secret: pulumi.Input[str]
    """Of the migrations' user, with the keys DB_HOST, DB_PORT, DB_NAME, DB_USERNAME and DB_PASSWORD."""
    cpu: str
    memory: str
    config_maps: Sequence[pulumi.Input[str]] = ()
    """The service's settings."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """The service's further variables."""
    writable: Sequence[str] = ()
    """Directories that the service writes to, besides `/tmp`."""
    after: Sequence[pulumi.Resource] = ()
    """The database's users, and what lets the pod reach the database."""


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
                after=args.after,
                # One that stopped half-way must be looked at before it is tried again.
                retries=0,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.job_name = job.job_name
        self.register_outputs({"job_name": self.job_name})


def migration_name(service: str) -> str:
    """What a service's migration Job starts with; in the label `app.kubernetes.io/name` of its pods."""
    return f"{service}-migration"


def migration_container(args: MigrationArgs) -> kubernetes.core.v1.ContainerArgs:
    """An init container that does the same before each pod, after `wait_for_database`.

    Its pod has the `writable_volumes`. Several pods start at once: the migration tool must take a lock.
    """
    return task_container("migration", _task(args))


def _task(args: MigrationArgs) -> Task:
    return Task(
        image=args.image,
        command=args.command,
        database=args.secret,
        secrets={"": args.secret},
        config_maps=args.config_maps,
        environment=args.environment,
        writable=args.writable,
        cpu=args.cpu,
        memory=args.memory,
    )
