"""Which services a command is for, where their sources are, and what their images are built for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.config.cluster import ClusterConfig
from components.config.services import ServiceConfig
from ops import stack_file

_KEY = "openmarket:services"
ALL = "all"
_PLATFORMS = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}


class BadService(Exception):
    """There is no such service, or it cannot be built; the message names it and says what would be right."""


@dataclass(frozen=True)
class Service:
    """A service of a stack. `dockerfile` is in `context`; both are None where its image comes from elsewhere."""

    name: str
    stack: str
    image: str
    context: Path | None
    dockerfile: Path | None

    @property
    def repository(self) -> str:
        """The name of its repository in ECR."""
        return f"openmarket-{self.stack}/{self.name}"


def chosen(stack: str, wanted: str) -> list[Service]:
    """The services that a word means: `all`, a name, or the first part of one, such as `backend`.

    Raises:
        BadService: It means none, or more than one.
        BadStack: There is no such stack, or a stanza in its file is not right.
    """
    stanzas: Mapping[str, Any] = stack_file.settings(stack).get(_KEY) or {}
    names = [name for name in stanzas if wanted in (ALL, name)]
    names = names or [name for name in stanzas if name.partition("-")[0] == wanted]
    if not names or (wanted != ALL and len(names) > 1):
        raise BadService(f"{wanted!r} is none of the services {', '.join(stanzas)}, nor {ALL!r}")
    return [_service(stack, name, stack_file.section(stack, f"{_KEY}.{name}", ServiceConfig)) for name in names]


def platforms(stacks: Sequence[str]) -> list[str]:
    """What the nodes of any stack run: an image is promoted from stack to stack as it is."""
    clusters = [stack_file.section(stack, "openmarket:cluster", ClusterConfig) for stack in stacks]
    return sorted({_PLATFORMS[group.architecture] for cluster in clusters for group in cluster.node_groups.values()})


def _service(stack: str, name: str, stanza: ServiceConfig) -> Service:
    build = stanza.build
    context = (stack_file.PROJECT / build.context).resolve() if build.context else None
    return Service(name, stack, stanza.image, context, context / build.dockerfile if context else None)
