"""Containers that run beside a service's own in each of its pods."""

from collections.abc import Mapping

from pydantic import Field

from components.base.pods import Requests
from components.base.section import ImageName, Section
from components.config.services.parts import CPU, DISK, MEMORY, Cpu, Memory, Port, Variable, Words

TAKEN = ("wait-for-database", "migration")
"""Names of containers that pods may have besides."""


class SidecarConfig(Section):
    """A container that starts before the service's own and ends after it."""

    image: ImageName = Field(min_length=1, description="an image with a tag or digest")
    command: Words = Field(default=(), description="a command in place of the image's entrypoint, word by word")
    arguments: Words = Field(default=(), description="arguments in place of the image's, word by word")
    cpu: Cpu = Field(description=CPU)
    memory: Memory = Field(description=MEMORY)
    environment: Mapping[Variable, str] = Field(
        default={}, description="a mapping of environment variables, values in quotes; it gets no others"
    )
    port: Port | None = Field(
        default=None,
        description="a TCP port, 1024 to 65535, at which it listens within the pod once it has started, for which the "
        "containers after it wait",
    )

    @property
    def requests(self) -> Requests:
        """What its container requests."""
        return Requests(self.cpu, self.memory, DISK)
