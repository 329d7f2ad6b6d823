"""Which services a command is for, where their sources are, and what their images are built for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import stack_file
from components.config.cluster import ClusterConfig
from components.config.services import ServiceConfig
from ops.images import ALL

_KEY = "openmarket:services"
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
        raise BadService(f"{wanted!r} is none of the services {', '.join(stanzas)} in Pulumi.{stack}.yaml, nor {ALL!r}")
    return [_service(stack, name, stack_file.section(stack, f"{_KEY}.{name}", ServiceConfig)) for name in names]


def pairs(source: str, target: str, wanted: str) -> tuple[list[tuple[Service, Service]], list[tuple[str, str]]]:
    """The same services in two stacks; and what only one of them has, by name, with that stack.

    Raises:
        BadService: The stacks are the same, or what is wanted is not in both.
        BadStack: There is no such stack, or a stanza in its file is not right.
    """
    if source == target:
        raise BadService(f"--from {source} --to {target}: an image is promoted to another stack")
    # By name: the files may have their services in another order, and not the same ones.
    origins = {each.name: each for each in chosen(source, wanted)}
    targets = {each.name: each for each in chosen(target, ALL)}
    both = [(origin, targets[name]) for name, origin in origins.items() if name in targets]
    if not both:
        raise BadService(f"{', '.join(origins)}: {source} has it, and {target} does not: nothing to promote")
    if wanted != ALL:
        return both, []
    alone = [(name, source) for name in origins if name not in targets]
    return both, [*alone, *((name, target) for name in targets if name not in origins)]


def platforms(stacks: Sequence[str]) -> list[str]:
    """What the nodes of any stack run: an image is promoted from stack to stack as it is."""
    clusters = [stack_file.section(stack, "openmarket:cluster", ClusterConfig) for stack in stacks]
    return sorted({_PLATFORMS[group.architecture] for cluster in clusters for group in cluster.node_groups.values()})


def _service(stack: str, name: str, stanza: ServiceConfig) -> Service:
    build = stanza.build
    context = (stack_file.PROJECT / build.context).resolve() if build.context else None
    return Service(name, stack, stanza.image, context, context / build.dockerfile if context else None)
