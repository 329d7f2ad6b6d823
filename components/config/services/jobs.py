"""Services that begin, do something and end: cron jobs by the clock, and tasks when an operator runs them."""

import math
from enum import StrEnum
from typing import Literal

from pydantic import Field

from components.config.services.base import ServiceConfig
from components.config.services.schedule import Schedule, TimeZone, shortest_gap_minutes

_LONGEST_RUN_SECONDS = 7 * 24 * 3600


class JobConfig(ServiceConfig):
    """What cron jobs and tasks have in common. A run is one Job, with one pod at a time."""

    deadline_seconds: int = Field(
        default=3600,
        ge=10,
        le=_LONGEST_RUN_SECONDS,
        description=f"seconds, 10 to {_LONGEST_RUN_SECONDS:,}, after which a run with all its retries "
        "is ended as failed",
    )
    kept_runs: int = Field(
        default=3, ge=1, le=20, description="runs whose state and log the cluster keeps, 1 to 20 of each outcome"
    )

    @property
    def pods_at_most(self) -> int:
        """One: a run begins only when the one before has ended."""
        return 1

    @property
    def pods_leaving(self) -> int:
        """The pod of a run before, or of a node that goes away."""
        return 1


class Concurrency(StrEnum):
    """What happens when it is time for a run and the one before has not ended."""

    FORBID = "forbid"
    ALLOW = "allow"
    REPLACE = "replace"


class CronJobConfig(JobConfig):
    """A service that runs at times of the clock."""

    kind: Literal["cronJob"] = Field(description="cronJob")
    schedule: Schedule = Field(
        description="five fields in quotes: minute, hour, day of the month, month, day of the week (0 to 6, from "
        'Sunday), such as "30 4 * * *"'
    )
    time_zone: TimeZone = Field(default="Etc/UTC", description="a zone of the IANA data base, such as Asia/Seoul")
    concurrency: Concurrency = Field(
        default=Concurrency.FORBID,
        description="forbid (a run that is not over keeps the next one from beginning), replace (it is ended) or "
        "allow (both run)",
    )
    retries: int = Field(default=2, ge=0, le=10, description="further attempts of a run that failed, 0 to 10")

    @property
    def pods_at_most(self) -> int:
        """One, or with `allow` as many runs as can begin before the deadline ends the first, and an operator's own."""
        if self.concurrency is not Concurrency.ALLOW:
            return 1
        return math.ceil(self.deadline_seconds / (60 * shortest_gap_minutes(self.schedule))) + 1


class TaskConfig(JobConfig):
    """A service that does nothing until an operator runs it, with `ops run`."""

    kind: Literal["task"] = Field(description="task")
    retries: int = Field(
        default=0,
        ge=0,
        le=10,
        description="further attempts of a run that failed, 0 to 10; 0 if somebody is to look first",
    )
