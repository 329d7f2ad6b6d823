"""Copies are independent, keep their modes, and take no more space than the data."""

import os
import sys
from pathlib import Path

import pytest

from emulator.snapshots import files

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_a_copy_has_the_content_and_the_mode(tmp_path: Path, mode: int) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"\0" * 70_000 + b"data" + b"\0" * 100_000)
    source.chmod(mode)
    files.clone(source, target)
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_mode & 0o777 == mode
    assert files.digest(target) == files.digest(source)


def test_writing_into_one_of_them_in_place_leaves_the_other(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"before")
    files.clone(source, target)
    with source.open("r+b") as file:
        file.write(b"after!")
    assert target.read_bytes() == b"before"


def test_what_was_only_reserved_takes_no_space(tmp_path: Path) -> None:
    source, target = tmp_path / "log", tmp_path / "copy"
    with source.open("wb") as file:
        file.write(b"record")
        # etcd's log is reserved in one piece; where that cannot be done, it is a file of zeros.
        file.write(b"\0" * 16 * MEGABYTE)
    files.clone(source, target)
    assert target.stat().st_size == source.stat().st_size
    assert target.stat().st_blocks * 512 <= MEGABYTE


def test_a_copy_never_replaces_a_file(tmp_path: Path) -> None:
    for name in ("source", "target"):
        (tmp_path / name).write_text(name)
    with pytest.raises(FileExistsError):
        files.clone(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_text() == "target"


def test_a_folder_is_copied_without_links_and_sockets(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "empty").mkdir(parents=True)
    source.chmod(0o700)
    (source / "file").write_text("x")
    (source / "no.tmp").write_text("x")
    (source / "link").symlink_to("/etc/passwd")
    os.mkfifo(source / "pipe")
    files.clone_tree(source, tmp_path / "target", lambda path: path.suffix != ".tmp")
    assert sorted(path.name for path in (tmp_path / "target").iterdir()) == ["empty", "file"]
    assert (tmp_path / "target").stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(sys.platform != "linux", reason="the request is Linux's")
def test_where_the_file_system_can_the_blocks_are_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`FICLONE` is asked of the new file, for the old one (ioctl_ficlone(2)); then nothing is copied."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_text("data")
    asked: list[tuple[str, int, str]] = []

    def ioctl(file: int, request: int, other: int) -> int:
        names = [os.path.basename(os.readlink(f"/proc/self/fd/{each}")) for each in (file, other)]
        asked.append((names[0], request, names[1]))
        return 0

    monkeypatch.setattr("fcntl.ioctl", ioctl)
    files.clone(source, target)
    write, size, kind, number = 1, 4, 0x94, 9
    assert asked == [("target", write << 30 | size << 16 | kind << 8 | number, "source")]
    assert target.read_text() == ""
