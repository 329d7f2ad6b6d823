"""Services that run all the time: what web services and workers have in common."""

import math
from typing import Annotated, Self

from pydantic import Field, model_validator

from components.base.section import Unique, keys_of, mismatch
from components.config.services.base import ServiceConfig
from components.config.services.parts import MigrationConfig, MigrationMode
from components.config.services.scaling import QueueConfig, ScheduledReplicasConfig
from components.config.services.volume import VolumeConfig
from components.config.uses import Use
from components.config.writable import differ_in_name

SURGE_PERCENT = 25
"""Percent, rounded up to pods, by which a rollout exceeds the replicas (Kubernetes' own default)."""

MOST_REPLICAS = 10_000
"""Far above any shop, and so few that the arithmetic of the nodes ends."""


class DeployedConfig(ServiceConfig):
    """A service whose pods are always there: as many as the autoscaler finds necessary, and exchanged by rollouts."""

    replicas: int = Field(ge=1, le=MOST_REPLICAS, description="1 or more; the autoscaler's minimum")
    max_replicas: int = Field(
        ge=1, le=MOST_REPLICAS, description=f"the autoscaler's maximum, at least replicas and at most {MOST_REPLICAS:,}"
    )
    cpu_target: int = Field(default=70, ge=1, le=100, description="percent of cpu at which replicas are added")
    memory_target: int = Field(default=80, ge=1, le=100, description="percent of memory at which replicas are added")
    scheduled_replicas: Annotated[tuple[ScheduledReplicasConfig, ...], Unique] = Field(
        default=(),
        description='times of a higher minimum, such as [{start: "40 8 25 11 *", end: "0 1 26 11 *", timeZone: '
        "Asia/Seoul, replicas: 24}]; of several at once the highest counts",
    )
    queue: QueueConfig | None = Field(default=None, description=keys_of(QueueConfig))
    startup_seconds: int = Field(
        default=150, ge=5, le=600, description="seconds that a pod may take to start, 5 to 600, before it is restarted"
    )
    migration: MigrationConfig = Field(default=MigrationConfig(), description=keys_of(MigrationConfig))
    volume: VolumeConfig | None = Field(default=None, description=keys_of(VolumeConfig))

    @model_validator(mode="after")
    def _room_to_scale(self) -> Self:
        if self.max_replicas < self.replicas:
            expected = f"{self.replicas} or more, as replicas is {self.replicas}; or lower replicas"
            raise mismatch("maxReplicas", self.max_replicas, expected)
        return self

    @model_validator(mode="after")
    def _a_higher_minimum(self) -> Self:
        for index, each in enumerate(self.scheduled_replicas):
            if not self.replicas < each.replicas <= self.max_replicas:
                expected = f"more than replicas ({self.replicas}), and at most maxReplicas ({self.max_replicas})"
                raise mismatch(f"scheduledReplicas[{index}].replicas", each.replicas, expected)
        return self

    @model_validator(mode="after")
    def _pods_for_messages(self) -> Self:
        if self.queue:
            self._can_scale_by("queue.messagesPerPod", self.queue.messages_per_pod)
        return self

    def _can_scale_by(self, key: str, target: int | None) -> None:
        """Refuse a target, if there is one, of a service whose number of pods never changes."""
        if target and self.max_replicas == self.replicas:
            higher = "" if self.volume else "; or a higher maxReplicas"
            raise mismatch(key, target, f"to go, as maxReplicas is {self.max_replicas}, like replicas{higher}")

    @model_validator(mode="after")
    def _database_to_migrate(self) -> Self:
        if self.migration.command and not self.used_schema:
            expected = (
                f"{Use.DATABASE} in uses, or a schema of its own in database, as a migration reaches nothing else; "
                "or an empty list for none"
            )
            raise mismatch("migration.command", self.migration.command, expected)
        return self

    @model_validator(mode="after")
    def _volume_of_one_pod(self) -> Self:
        if self.volume is None:
            return self
        if self.max_replicas > 1:
            expected = "1, like replicas, as an EBS volume is on one node at a time; or no volume"
            raise mismatch("maxReplicas", self.max_replicas, expected)
        if self.volume.path in self.writable:
            expected = f"another directory, or writable without {self.volume.path}, which is empty when a pod starts"
            raise mismatch("volume.path", self.volume.path, expected)
        try:
            differ_in_name((*self.writable, self.volume.path))
        except ValueError as error:
            raise mismatch("volume.path", self.volume.path, f"another directory: {error}") from None
        return self

    @property
    def scaled_by_keda(self) -> bool:
        """True if it is scaled by more than CPU and memory, which Kubernetes' own autoscaler does not see."""
        return bool(self.scheduled_replicas) or bool(self.queue and self.queue.messages_per_pod)

    @property
    def migrates(self) -> bool:
        """True if it brings the schema that it uses to its version."""
        return bool(self.migration.command)

    @property
    def migrates_by_job(self) -> bool:
        """True if a Job, and not the service's own pods, brings the database's schema to its version."""
        return self.migrates and self.migration.mode is MigrationMode.JOB

    @property
    def surge(self) -> int:
        """Pods that a rollout adds at most. With a volume, the one before has to leave it first."""
        return 0 if self.volume else math.ceil(self.max_replicas * SURGE_PERCENT / 100)

    @property
    def pods_at_most(self) -> int:
        """Pods at the autoscaler's maximum during a rollout."""
        return self.max_replicas + self.surge

    @property
    def pods_leaving(self) -> int:
        """All that a rollout replaces: it may be over before the first of them has ended."""
        return self.max_replicas
