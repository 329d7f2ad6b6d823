"""The manifest of a snapshot: what it is of, and the checksum of every file, by which damage is noticed."""

import json
import re
import stat
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from emulator.snapshots import files
from emulator.snapshots.identity import Identity

FILE = "manifest.json"
CONTENTS = "state"
"""Folder of a snapshot with the copied state."""

FORMAT = 1
"""Format of snapshots that this version writes and reads."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class SnapshotError(Exception):
    """A snapshot cannot be saved, restored or removed; the message says why."""


@dataclass(frozen=True)
class FileRecord:
    """Size in bytes, permission bits and SHA-256 checksum of a file."""

    size: int
    mode: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """Description of a snapshot.

    Attributes:
        identity: The project and the versions that it can be restored with.
        origin: State folder from which it was saved. Restored there, its clusters keep their ports.
        stacks: Names of the stacks of the engine's state.
        clusters: Names of the EKS clusters that have a control plane.
        objects: Number of AWS objects.
        files: Record of every file by its path below `state`.
        created: Time in seconds since 1970.
    """

    identity: Identity
    origin: str
    stacks: tuple[str, ...]
    clusters: tuple[str, ...]
    objects: int
    files: Mapping[str, FileRecord]
    created: float = field(default_factory=time.time)


def check_name(name: str) -> None:
    """Check a snapshot's name, which is a folder's name, too.

    Raises:
        SnapshotError: The name is not allowed.
    """
    if not _NAME.fullmatch(name):
        raise SnapshotError(
            f"snapshot name {name!r}: use up to 64 letters, digits, dots, underscores and hyphens, "
            "the first of them a letter or digit"
        )


def record(folder: Path) -> dict[str, FileRecord]:
    """Return the records of all files of a snapshot's folder `state`."""
    return {path.relative_to(folder).as_posix(): _of(path) for path in files.regular(folder)}


def write(snapshot: Path, manifest: Manifest) -> None:
    """Write the manifest into the snapshot's folder."""
    (snapshot / FILE).write_text(json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1))


def read(snapshot: Path) -> Manifest:
    """Read the manifest of a snapshot.

    Raises:
        SnapshotError: There is none, it is damaged, or it has another format.
    """
    name = snapshot.name
    try:
        content: Any = json.loads((snapshot / FILE).read_text())
    except FileNotFoundError:
        raise SnapshotError(f"snapshot {name} is damaged: {snapshot / FILE} is missing") from None
    except (OSError, ValueError) as error:
        raise SnapshotError(f"snapshot {name} is damaged: {snapshot / FILE} cannot be read: {error}") from None
    found = content.pop("format", None) if isinstance(content, dict) else None
    if found != FORMAT:
        raise SnapshotError(f"snapshot {name} has the format {found!r}; this emulator reads format {FORMAT}")
    try:
        return Manifest(
            identity=Identity(**content.pop("identity")),
            stacks=tuple(content.pop("stacks")),
            clusters=tuple(content.pop("clusters")),
            files={path: FileRecord(**each) for path, each in content.pop("files").items()},
            **content,
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise SnapshotError(f"snapshot {name} is damaged: {snapshot / FILE} is incomplete: {error}") from None


def verify(snapshot: Path, manifest: Manifest) -> None:
    """Compare the files of a snapshot with its manifest.

    Raises:
        SnapshotError: A file differs, is missing, or is not in the manifest.
    """
    folder = snapshot / CONTENTS
    found = {path.relative_to(folder).as_posix(): path for path in files.regular(folder)}
    problems = [
        *(f"{path} is missing" for path in manifest.files.keys() - found.keys()),
        *(f"{path} was not saved with it" for path in found.keys() - manifest.files.keys()),
        *(f"{path} has changed since" for path in found.keys() & manifest.files.keys()
          if not _is(found[path], manifest.files[path])),
    ]  # fmt: skip
    if problems:
        first, *others = sorted(problems)
        more = f", and {len(others)} more" if others else ""
        raise SnapshotError(f"snapshot {snapshot.name} is damaged: {CONTENTS}/{first}{more}")


def _of(path: Path) -> FileRecord:
    status = path.stat()
    return FileRecord(status.st_size, stat.S_IMODE(status.st_mode), files.digest(path))


def _is(path: Path, recorded: FileRecord) -> bool:
    status = path.lstat()
    return (
        stat.S_ISREG(status.st_mode)
        and (status.st_size, stat.S_IMODE(status.st_mode)) == (recorded.size, recorded.mode)
        and files.digest(path) == recorded.sha256
    )
