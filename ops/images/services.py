"""Which services a command is for, where their sources are, and what their images are built for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops import stack_file

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
        BadStack: There is no such stack.
    """
    stanzas: Mapping[str, Any] = stack_file.settings(stack)["openmarket:services"]
    names = [name for name in stanzas if wanted in (ALL, name)]
    names = names or [name for name in stanzas if name.partition("-")[0] == wanted]
    if not names or (wanted != ALL and len(names) > 1):
        raise BadService(f"{wanted!r} is none of the services {', '.join(stanzas)}, nor {ALL!r}")
    return [_service(stack, name, stanzas[name]) for name in names]


def platforms(stacks: Sequence[str]) -> list[str]:
    """What the nodes of any stack run: an image is promoted from stack to stack as it is."""
    groups = [
        group
        for stack in stacks
        for group in stack_file.settings(stack)["openmarket:cluster"]["nodeGroups"].values()
    ]  # fmt: skip
    return sorted({_PLATFORMS[group["architecture"]] for group in groups})


def _service(stack: str, name: str, stanza: Mapping[str, Any]) -> Service:
    build: Mapping[str, str] = stanza.get("build") or {}
    place = build.get("context", "")
    context = (stack_file.PROJECT / place).resolve() if place else None
    dockerfile = context / build.get("dockerfile", "Dockerfile") if context else None
    return Service(name, stack, stanza.get("image") or "", context, dockerfile)
