"""Configuration of the shop's services."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from components.base.pods import Requests
from components.base.section import ImageName, Name, Section, Switch, Unique, keys_of, mismatch
from components.config.routes import HostAndPath
from components.config.writable import WritablePath, differ_in_name

API = "backend-api"
"""The service that browsers and the other services call."""

PLACEHOLDER_IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
"""Kubernetes' own test server, for amd64 and arm64: test/utils/image/manifest.go and test/images/agnhost/BASEIMAGE of
Kubernetes v1.36.3. Its `serve-hostname` answers every path with the pod's name, as any user, and writes nothing."""

DEVELOPMENT = "development"
"""The mode of an application that serves nobody but its developers."""

HealthPath = Annotated[str, StringConstraints(pattern=r"^/\S*$")]


def _not_the_port(name: str) -> str:
    if name == "PORT":
        raise ValueError("PORT is the stanza's port: set that")
    return name


Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), AfterValidator(_not_the_port)]

SURGE_PERCENT = 25
"""Percent, rounded up to pods, by which a rollout exceeds the replicas (Kubernetes' own default)."""

MOST_REPLICAS = 10_000
"""Far above any shop, and so few that the arithmetic of the nodes ends."""

WAIT_FOR_DATABASE = Requests("50m", "64Mi")
"""Requests of the init container that waits for the database."""
DATABASE_USERS = Requests("100m", "128Mi")
"""Requests of the Job that creates the database's users."""

LONGEST_DRAIN_SECONDS = 50
"""Seconds of a spot node's two minutes that are left for requests. `components/workloads/drain.py` has the others."""


class Store(StrEnum):
    """Stores that a service can use. Each is a Secret in its environment, and some are on the network too."""

    DATABASE = "database"
    CACHE = "cache"
    TOKENS = "tokens"
    API_KEYS = "apiKeys"


class HealthConfig(Section):
    """The paths at which a service reports its health. Each answers 200 if all is well."""

    startup: HealthPath = Field(default="/", description="a path that answers once the service has started")
    readiness: HealthPath = Field(default="/", description="a path that answers while requests may come")
    liveness: HealthPath = Field(default="/", description="a path that answers unless only a restart helps")


class MigrationMode(StrEnum):
    """The time at which a service's migration runs."""

    JOB = "job"
    INIT_CONTAINER = "initContainer"


class MigrationConfig(Section):
    """The migration that brings the database's schema to a service's version, with the migration user's credentials."""

    command: tuple[str, ...] = Field(default=(), description="a command of the image, word by word, or empty for none")
    mode: MigrationMode = Field(
        default=MigrationMode.JOB,
        description="job (once per image, before any pod of it) or initContainer (before each pod)",
    )


class BuildConfig(Section):
    """The source of an image, for `ops images`. The deployment does not read it."""

    context: str = Field(default="", description="the source's directory, seen from the project; empty for none")
    dockerfile: str = Field(default="Dockerfile", min_length=1, description="the Dockerfile, seen from the context")


class ServiceConfig(Section):
    """One web service: a stanza is all that a further one needs."""

    hosts: Annotated[tuple[HostAndPath, ...], Unique] = Field(
        default=(),
        description='names below the domain, "@" for the domain itself, each with a path or without, such as "@/api"; '
        "none means not public",
    )
    image: ImageName = Field(
        default="",
        description="an image with a tag or digest, or empty for a placeholder",
    )
    build: BuildConfig = Field(default=BuildConfig(), description=keys_of(BuildConfig))
    port: int = Field(default=3000, ge=1024, le=65535, description="a port that needs no privilege, 1024 to 65535")
    health: HealthConfig = Field(default=HealthConfig(), description=keys_of(HealthConfig))
    uses: Annotated[tuple[Store, ...], Unique] = Field(
        default=(), description="what it reaches, out of database, cache, tokens and apiKeys"
    )
    calls: Annotated[tuple[Name, ...], Unique] = Field(default=(), description="names of services it sends requests to")
    internet: Switch = Field(default=True, description="true or false: whether it may call HTTPS servers anywhere")
    metrics_path: str = Field(
        default="", pattern=r"^(/\S*)?$", description="a path with Prometheus metrics, or empty for none"
    )
    writable: Annotated[tuple[WritablePath, ...], Unique, AfterValidator(differ_in_name)] = Field(
        default=(), description="directories it writes to besides /tmp; they are empty when a pod starts"
    )
    migration: MigrationConfig = Field(default=MigrationConfig(), description=keys_of(MigrationConfig))
    replicas: int = Field(ge=2, le=MOST_REPLICAS, description="2 or more, so that one may go; the autoscaler's minimum")
    max_replicas: int = Field(
        ge=2, le=MOST_REPLICAS, description=f"the autoscaler's maximum, at least replicas and at most {MOST_REPLICAS:,}"
    )
    cpu: str = Field(
        pattern=r"^([1-9]\d*m|0\.([1-9]\d{0,2}|0[1-9]\d?|00[1-9])|[1-9]\d*(\.\d{1,3})?)$",
        description="CPU in quotes, such as 250m",
    )
    memory: str = Field(pattern=r"^[1-9]\d*(Mi|Gi)$", description="memory such as 512Mi or 1Gi")
    environment: dict[Variable, str] = Field(
        default={}, description="a mapping of environment variables, values in quotes; PORT is the stanza's port"
    )
    cpu_target: int = Field(default=70, ge=1, le=100, description="percent of cpu at which replicas are added")
    memory_target: int = Field(default=80, ge=1, le=100, description="percent of memory at which replicas are added")
    startup_seconds: int = Field(
        default=150, ge=5, le=600, description="seconds that a pod may take to start, 5 to 600, before it is restarted"
    )
    drain_seconds: int = Field(
        default=30,
        ge=5,
        le=LONGEST_DRAIN_SECONDS,
        description=f"seconds that a request may take, 5 to {LONGEST_DRAIN_SECONDS}: spot nodes go after two minutes",
    )

    stickiness_seconds: int = Field(
        default=3600,
        ge=0,
        le=604_800,
        description="seconds that a browser stays with one pod, up to a week; 0 for none",
    )

    @model_validator(mode="after")
    def _room_to_scale(self) -> Self:
        if self.max_replicas < self.replicas:
            expected = f"{self.replicas} or more, as replicas is {self.replicas}; or lower replicas"
            raise mismatch("maxReplicas", self.max_replicas, expected)
        return self

    @model_validator(mode="after")
    def _database_to_migrate(self) -> Self:
        if self.migration.command and Store.DATABASE not in self.uses:
            expected = f"{Store.DATABASE} in uses, as a migration reaches nothing else; or an empty list for none"
            raise mismatch("migration.command", self.migration.command, expected)
        return self

    @property
    def migrates_by_job(self) -> bool:
        """True if a Job, and not the service's own pods, brings the database's schema to its version."""
        return bool(self.migration.command) and self.migration.mode is MigrationMode.JOB

    @property
    def surge(self) -> int:
        """Pods that a rollout adds at most."""
        return math.ceil(self.max_replicas * SURGE_PERCENT / 100)

    @property
    def pods_at_most(self) -> int:
        """Pods at the autoscaler's maximum during a rollout."""
        return self.max_replicas + self.surge


def use(store: Store, services: Mapping[str, ServiceConfig]) -> bool:
    """True if any of the services uses the store."""
    return any(store in service.uses for service in services.values())
