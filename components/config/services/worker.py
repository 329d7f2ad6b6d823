"""Workers: services that nobody calls, and that find their work themselves."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from components.base.section import Section, keys_of, mismatch
from components.config.services.deployed import DeployedConfig
from components.config.services.parts import Words
from components.config.writable import TEMPORARY

LONGEST_WORK_SECONDS = 90
"""Seconds of a spot node's two minutes that are left for work. `components/workloads/drain.py` has the others."""

# No character that a shell would take for more than itself.
HeartbeatFile = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9_.-]+){2,}$", max_length=120)]


class HeartbeatConfig(Section):
    """A file that the worker touches as long as all is well."""

    file: HeartbeatFile = Field(description="a file in /tmp or in one of the writable directories, such as /tmp/alive")
    seconds: int = Field(
        ge=5, le=3600, description="seconds without a touch, 5 to 3600, after which the worker counts as stuck"
    )


class WorkerHealthConfig(Section):
    """How Kubernetes finds out that a worker is stuck; without any of it, only one that ends is started again."""

    heartbeat: HeartbeatConfig | None = Field(
        default=None, description=f"{keys_of(HeartbeatConfig)}; the image needs sh, date and stat"
    )
    command: Words = Field(
        default=(),
        description="a command of the image that ends with 0 while all is well, word by word; empty for none",
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.heartbeat and self.command:
            raise mismatch("command", self.command, "an empty list, as heartbeat is given; or no heartbeat")
        return self


class WorkerConfig(DeployedConfig):
    """A service without a port: it takes its work from a database, a cache or elsewhere, and nobody calls it."""

    kind: Literal["worker"] = Field(description="worker")
    health: WorkerHealthConfig = Field(default=WorkerHealthConfig(), description=keys_of(WorkerHealthConfig))
    drain_seconds: int = Field(
        default=30,
        ge=5,
        le=LONGEST_WORK_SECONDS,
        description="seconds in which a worker that is to end finishes what it has begun, "
        f"5 to {LONGEST_WORK_SECONDS}: spot nodes go after two minutes",
    )

    @model_validator(mode="after")
    def _a_heartbeat_that_it_can_write(self) -> Self:
        if heartbeat := self.health.heartbeat:
            directories = (TEMPORARY, *self.writable)
            if not any(heartbeat.file.startswith(f"{each}/") for each in directories):
                expected = f"a file in a directory that the worker may write to: {', '.join(directories)}"
                raise mismatch("health.heartbeat.file", heartbeat.file, expected)
        return self
