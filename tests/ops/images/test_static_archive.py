"""An archive out of an image is read by rules of ours: nothing in it decides where a file goes, or how much is read."""

import io
import tarfile
from pathlib import Path

import pytest

from ops.images import static_archive
from ops.images.static_archive import BadArchive, extract, sizes


def tar(folder: Path, *entries: tarfile.TarInfo | str, content: bytes = b"x") -> Path:
    """Write an archive of these entries; a name stands for a file with the content."""
    path = folder / "archive.tar"
    with tarfile.open(path, "w") as archive:
        for each in entries:
            entry = each if isinstance(each, tarfile.TarInfo) else tarfile.TarInfo(each)
            if entry.isreg():
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


def test_files_are_listed_and_only_those_wanted_are_written(tmp_path: Path) -> None:
    folder = special("chunks", tarfile.DIRTYPE)
    names = ("chunks/app/(shop)/[id]/page-1f.js", "./css/2a.css", "b1/_buildManifest.js")
    archive = tar(tmp_path, folder, *names, content=b"content")
    assert sizes(archive) == {name.removeprefix("./"): 7 for name in names}
    place = tmp_path / "out" / "css" / "2a.css"
    extract(archive, {"css/2a.css": place})
    assert place.read_bytes() == b"content"
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [place]


@pytest.mark.parametrize(
    "entry",
    [
        "../outside.js", "chunks/../../outside.js", "/etc/passwd", "chunks//a.js", "chunks/./a.js", "a\\b.js",
        "a\nb.js", "n" * 901, special("a.js", tarfile.SYMTYPE, "/etc/passwd"), special("a.js", tarfile.SYMTYPE, "b.js"),
        special("a.js", tarfile.LNKTYPE, "../b.js"), special("a.js", tarfile.CHRTYPE),
        special("a.js", tarfile.FIFOTYPE),
    ],
)  # fmt: skip
def test_an_entry_that_no_build_has_is_refused_by_name(tmp_path: Path, entry: tarfile.TarInfo | str) -> None:
    name = entry if isinstance(entry, str) else entry.name
    with pytest.raises(BadArchive) as refusal:
        sizes(tar(tmp_path, "right.js", entry))
    assert repr(name[:200]) in str(refusal.value)


def test_a_file_is_there_once(tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match=r"a\.js' is there twice"):
        sizes(tar(tmp_path, "a.js", "./a.js"))


@pytest.mark.parametrize(("limit", "value", "said"), [("MOST_FILES", 1, "1 files"), ("MOST_BYTES", 1024**2, "1 MiB")])
def test_an_archive_has_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, said: str
) -> None:
    archive = tar(tmp_path, "a.js", "b.js", content=bytes(600_000))
    assert len(sizes(archive)) == 2
    monkeypatch.setattr(static_archive, limit, value)
    with pytest.raises(BadArchive, match=f"more than {said}"):
        sizes(archive)


def test_a_size_that_is_only_claimed_is_not_read(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("a.js")
    entry.size = static_archive.MOST_BYTES + 1
    path = tmp_path / "archive.tar"
    path.write_bytes(entry.tobuf())
    with pytest.raises(BadArchive, match="512 MiB"):
        sizes(path)


@pytest.mark.parametrize("content", [b"", b"no archive" * 100, b"\x1f\x8b" + bytes(1000)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "archive.tar"
    path.write_bytes(content)
    with pytest.raises(BadArchive, match="cannot be read as a tar archive"):
        sizes(path)


def test_an_archive_of_nothing_has_no_files(tmp_path: Path) -> None:
    assert sizes(tar(tmp_path)) == {}
