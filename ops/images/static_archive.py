"""Reads a tar archive of the files that an image has for browsers, and trusts nothing in it."""

import shutil
import tarfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

MOST_FILES = 20_000
MOST_BYTES = 512 * 1024 * 1024
"""Limits of one archive. A shop's build has some hundreds of files and some megabytes."""

_LONGEST = 900
"""Bytes of a name. A key in S3 has 1,024 at most: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""

_BLOCK = 512
"""Bytes of a tar header, by which an archive of many empty files is larger than they are."""


class BadArchive(Exception):
    """An archive has what no build of a web application has; the message names the entry and what is wrong with it."""


def sizes(archive: Path) -> dict[str, int]:
    """Return the files of the archive by name, with their sizes in bytes. It need not have any.

    Raises:
        BadArchive: It is no archive, it is too large, or an entry is a link or device or would lead out of a folder.
    """
    if archive.stat().st_size > MOST_BYTES + 4 * _BLOCK * MOST_FILES:
        raise BadArchive(f"the archive has more than {_mebibytes(MOST_BYTES)}")
    found: dict[str, int] = {}
    total = 0
    with _opened(archive) as tar:
        for member in tar:
            if member.isdir():
                continue
            name = member.name.removeprefix("./")
            if problem := _problem(member, name) or ("is there twice" if name in found else ""):
                raise BadArchive(f"{member.name[:200]!r} {problem}")
            found[name] = member.size
            total += member.size
            if len(found) > MOST_FILES:
                raise BadArchive(f"there are more than {MOST_FILES:,} files")
            if total > MOST_BYTES:
                raise BadArchive(f"the files have more than {_mebibytes(MOST_BYTES)}")
    return found


def extract(archive: Path, places: Mapping[str, Path]) -> None:
    """Write files of the archive, by their names as `sizes` has them, to the places that the caller chose.

    Raises:
        BadArchive: The archive is cut off.
    """
    with _opened(archive) as tar:
        for member in tar:
            place = places.get(member.name.removeprefix("./"))
            content = tar.extractfile(member) if place and member.isreg() else None
            if place and content:
                place.parent.mkdir(parents=True, exist_ok=True)
                with content, place.open("xb") as target:
                    shutil.copyfileobj(content, target)


def _problem(member: tarfile.TarInfo, name: str) -> str:
    """What is wrong with an entry; empty if it is a file that may be copied."""
    if not member.isreg() or member.issparse():
        return "is neither a file nor a folder, and links and devices are not copied"
    if any(part in ("", ".", "..") for part in name.split("/")):
        return "leads out of the folder, or is no path within it"
    if "\\" in name or not name.isprintable():
        return "has characters that no file of a web application has"
    if len(name.encode()) > _LONGEST:
        return f"has a name of more than {_LONGEST} bytes"
    return ""


@contextmanager
def _opened(archive: Path) -> Generator[tarfile.TarFile]:
    try:
        # Without compression, so that nothing is larger than what the limits see.
        with tarfile.open(archive, "r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise BadArchive(f"it cannot be read as a tar archive: {error}") from None


def _mebibytes(size: int) -> str:
    return f"{size // 1024**2} MiB"
