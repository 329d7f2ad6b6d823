"""Parts of services' stanzas that several kinds have."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from components.base.section import Section


def _not_the_port(name: str) -> str:
    if name == "PORT":
        raise ValueError("PORT is the stanza's port: set that")
    return name


Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), AfterValidator(_not_the_port)]

Cpu = Annotated[
    str, StringConstraints(pattern=r"^([1-9]\d*m|0\.([1-9]\d{0,2}|0[1-9]\d?|00[1-9])|[1-9]\d*(\.\d{1,3})?)$")
]
CPU = "CPU in quotes, such as 250m"
Memory = Annotated[str, StringConstraints(pattern=r"^[1-9]\d*(Mi|Gi)$")]
MEMORY = "memory such as 512Mi or 1Gi"
DISK = "1Gi"
"""Disk of the node that a container may use, unless its stanza says otherwise: a pod that uses more is evicted."""

Port = Annotated[int, Field(ge=1024, le=65535)]
"""A port that needs no privilege."""

Words = tuple[str, ...]
"""A command or its arguments, word by word: no shell comes between."""


class Priority(StrEnum):
    """Which pods find a node first."""

    NORMAL = "normal"
    LOW = "low"


class MigrationMode(StrEnum):
    """The time at which a service's migration runs."""

    JOB = "job"
    INIT_CONTAINER = "initContainer"


class MigrationConfig(Section):
    """The migration that brings the database's schema to a service's version, with the migration user's credentials."""

    command: Words = Field(default=(), description="a command of the image, word by word, or empty for none")
    mode: MigrationMode = Field(
        default=MigrationMode.JOB,
        description="job (once per image, before any pod of it) or initContainer (before each pod)",
    )


class BuildConfig(Section):
    """The source of an image, for `ops images`. The deployment does not read it."""

    context: str = Field(default="", description="the source's directory, seen from the project; empty for none")
    dockerfile: str = Field(default="Dockerfile", min_length=1, description="the Dockerfile, seen from the context")
