"""Directories that a service may write to, and the names of their volumes."""

import re
from typing import Annotated

from pydantic import StringConstraints

WritablePath = Annotated[str, StringConstraints(pattern=r"^(/[.]?[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*)+$", max_length=60)]

TEMPORARY = "/tmp"  # noqa: S108
"""A directory that every service may write to."""

_BUILD = "/.next"
"""The end of the directory with a build of Next.js, which writes to its `cache` only."""


def differ_in_name(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse directories whose volumes would have the same name, or none, and one that would hide a build."""
    if TEMPORARY in paths:
        raise ValueError(f"{TEMPORARY} is writable already")
    if hidden := [path for path in paths if path.endswith(_BUILD)]:
        raise ValueError(
            f"an empty directory would hide the build of Next.js in {hidden[0]}: {hidden[0]}/cache is right"
        )
    volumes = [volume_name(path) for path in paths]
    if "" in volumes:
        raise ValueError(f"{paths[volumes.index('')]} has no letter or digit to name its volume after")
    everything = {path: volume_name(path) for path in (TEMPORARY, *paths)}
    taken = list(everything.values())
    if same := sorted(path for path, name in everything.items() if taken.count(name) > 1):
        raise ValueError(f"{' and '.join(same)} would be volumes of one name")
    return paths


def volume_name(path: str) -> str:
    """The name of a writable directory's volume."""
    return re.sub("[^a-z0-9]+", "-", path.lower()).strip("-")
