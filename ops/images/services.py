"""Reads from stack files which services a command applies to, and records their images there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from analysis import stack_file
from components.config.cluster import ClusterConfig
from components.config.services import ServiceConfig
from ops.images import ALL
from ops.stack_editing import set_values

_PLATFORMS = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}


_CACHE, _STATIC = "/.next/cache", "/.next/static"
"""Next.js writes to the first of its build; the second has what browsers get. A service with the one has the other."""


class BadService(Exception):
    """A service does not exist, or cannot be built or promoted; the message names it and says what would be right."""


@dataclass(frozen=True)
class Service:
    """Describes a service of a stack.

    Attributes:
        name: Name of the service.
        stack: Name of the stack.
        image: Image that the stack runs; empty if it is a placeholder.
        context: Folder of the build context; None if the image is not built from source.
        dockerfile: Path of the Dockerfile; None if the image is not built from source.
        static: Folders of the image with files that browsers get from the CDN; empty for none.
    """

    name: str
    stack: str
    image: str
    context: Path | None
    dockerfile: Path | None
    static: tuple[str, ...]

    @property
    def repository(self) -> str:
        """Name of the service's ECR repository."""
        return f"{stack_file.prefix(self.stack)}/{self.name}"


def select(stack: str, wanted: str) -> list[Service]:
    """Return the services that the argument selects: `all`, a name, or the first part of one, such as `backend`.

    `all` leaves out those that run the image of another service, and follow it.

    Raises:
        BadService: The argument selects none, more than one without being `all`, or one that runs the image of another.
        BadStack: There is no such stack, or a service's stanza in its file is invalid.
    """
    stanzas: Mapping[str, Any] = stack_file.settings(stack).get(stack_file.SERVICES) or {}
    names = [name for name in stanzas if wanted in (ALL, name)]
    names = names or [name for name in stanzas if name.partition("-")[0] == wanted]
    if not names or (wanted != ALL and len(names) > 1):
        raise BadService(
            f"{wanted!r} is neither {ALL!r} nor one of the services of Pulumi.{stack}.yaml: {', '.join(stanzas)}"
        )
    services = [(name, stack_file.service(stack, name)) for name in names]
    if wanted != ALL and (owner := services[0][1].image_of):
        raise BadService(f"{names[0]} runs the image of {owner} and has none of its own: name {owner}")
    return [_service(stack, name, stanza, _followers(stack, name)) for name, stanza in services if not stanza.image_of]


def pairs(source: str, target: str, wanted: str) -> tuple[list[tuple[Service, Service]], list[tuple[str, str]]]:
    """Return pairs of the same service in two stacks, and for `all` the services that only one has, with that stack.

    Raises:
        BadService: The stacks are the same, or the wanted service is not in both.
        BadStack: There is no such stack, or a service's stanza in its file is invalid.
    """
    if source == target:
        raise BadService(f"--from {source} --to {target}: an image is promoted to another stack")
    # The files may have different services, and in a different order.
    origins = {each.name: each for each in select(source, wanted)}
    targets = {each.name: each for each in select(target, ALL)}
    both = [(origin, targets[name]) for name, origin in origins.items() if name in targets]
    if not both:
        raise BadService(f"{', '.join(origins)}: {source} has it and {target} does not, so nothing can be promoted")
    if wanted != ALL:
        return both, []
    alone = [(name, source) for name in origins if name not in targets]
    return both, [*alone, *((name, target) for name in targets if name not in origins)]


def platforms(stacks: Sequence[str]) -> list[str]:
    """Return the platforms of the nodes of all stacks, because an image is promoted from stack to stack unchanged."""
    clusters = [stack_file.section(stack, "openmarket:cluster", ClusterConfig) for stack in stacks]
    return sorted({_PLATFORMS[group.architecture] for cluster in clusters for group in cluster.node_groups.values()})


def record(stack: str, service: str, image: str) -> bool:
    """Set the service's image in the stack file, whose other content does not change. Return whether it differed."""
    return set_values(stack, (stack_file.SERVICES, service), {"image": image})


def _followers(stack: str, owner: str) -> list[ServiceConfig]:
    """Return the services that run the image of this one."""
    stanzas: Mapping[str, Any] = stack_file.settings(stack).get(stack_file.SERVICES) or {}
    mappings = {name: cast(Mapping[str, Any], each) for name, each in stanzas.items() if isinstance(each, Mapping)}
    return [stack_file.service(stack, name) for name, each in mappings.items() if each.get("imageOf") == owner]


def _service(stack: str, name: str, stanza: ServiceConfig, followers: Sequence[ServiceConfig]) -> Service:
    build = stanza.build
    context = (stack_file.PROJECT / build.context).resolve() if build.context else None
    dockerfile = context / build.dockerfile if context else None
    writable = {path for each in (stanza, *followers) for path in each.writable}
    static = sorted(path.removesuffix(_CACHE) + _STATIC for path in writable if path.endswith(_CACHE))
    return Service(name, stack, stanza.image, context, dockerfile, tuple(static))
