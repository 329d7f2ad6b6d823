"""Copies files so that unchanged blocks are shared where the file system can do so, and computes their checksums."""

import errno
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

_FICLONE = 0x40049409
"""Linux's request to share the blocks of another file, `_IOW(0x94, 9, int)` of linux/fs.h."""

_BLOCK = 64 * 1024
"""Bytes that are copied at once, or not at all if all of them are zero."""


def clone(source: Path, target: Path) -> None:
    """Copy a file with its mode to a new path. Later writes to one of the files do not change the other one.

    Blocks that were reserved but never written, as of etcd's log, take no space in the copy.
    """
    with source.open("rb") as reader, open(target, "xb", opener=_private) as writer:
        if not _share(reader.fileno(), writer.fileno()):
            _copy(reader.fileno(), writer.fileno())
    shutil.copystat(source, target)


def clone_tree(source: Path, target: Path, wanted: Callable[[Path], bool] = lambda _: True) -> None:
    """Copy the regular files of a folder that are `wanted`, with all folders, to a new folder."""
    target.mkdir()
    for path in sorted(source.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            clone_tree(path, target / path.name, wanted)
        elif path.is_file() and wanted(path):
            clone(path, target / path.name)
    shutil.copystat(source, target)


def regular(folder: Path) -> Iterator[Path]:
    """Yield all paths below the folder that are not folders, sorted."""
    return (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir())


def digest(path: Path) -> str:
    """Return the SHA-256 checksum of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def locked(file: Path) -> Generator[None]:
    """Hold the lock that a file stands for, after waiting for other processes that hold it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _share(source: int, target: int) -> bool:
    """Make the target share the blocks of the source; return whether the file system can."""
    if sys.platform != "linux":
        return False
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def _copy(source: int, target: int) -> None:
    """Copy the parts of a file that were written."""
    size = os.fstat(source).st_size
    for start, end in _written(source, size):
        for offset in range(start, end, _BLOCK):
            block = os.pread(source, min(_BLOCK, end - offset), offset)
            if block != bytes(len(block)):
                os.pwrite(target, block, offset)
    os.truncate(target, size)


def _written(file: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield beginning and end of each part of the file that is not a hole."""
    end = 0
    while end < size:
        try:
            start = os.lseek(file, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            raise
        end = min(os.lseek(file, start, os.SEEK_HOLE), size)
        yield start, end
