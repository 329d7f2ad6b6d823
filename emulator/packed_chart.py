"""Packs Helm charts into archives that are reproducible: their bytes depend only on the charts' files."""

import gzip
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml


@dataclass(frozen=True)
class PackedChart:
    """A packed chart, as `helm package` writes it: the content of its Chart.yaml, and the bytes of the archive."""

    metadata: Mapping[str, Any]
    content: bytes

    @property
    def name(self) -> str:
        """Name of the chart."""
        return str(self.metadata["name"])

    @property
    def version(self) -> str:
        """Version of the chart."""
        return str(self.metadata["version"])

    @property
    def file(self) -> str:
        """File name of the archive."""
        return f"{self.name}-{self.version}.tgz"

    @property
    def tag(self) -> str:
        """Version as a tag of an OCI registry, in which a plus is not allowed."""
        return self.version.replace("+", "_")


def packed(folder: Path) -> list[PackedChart]:
    """Return the charts in the folder: subfolders with a Chart.yaml, and archives of `helm package`."""
    unpacked = [_pack(each.parent) for each in sorted(folder.glob("*/Chart.yaml"))]
    return unpacked + [_read(each) for each in sorted(folder.glob("*.tgz"))]


def _read(archive: Path) -> PackedChart:
    with tarfile.open(archive) as tar:
        # The Chart.yaml of the chart itself is one folder deep; those of its dependencies are deeper.
        member = next(each for each in tar if each.name.endswith("/Chart.yaml") and each.name.count("/") == 1)
        content = tar.extractfile(member)
        metadata = cast(dict[str, Any], yaml.safe_load(content.read() if content else b""))
    return PackedChart(metadata, archive.read_bytes())


def _pack(chart: Path) -> PackedChart:
    metadata = cast(dict[str, Any], yaml.safe_load((chart / "Chart.yaml").read_text()))
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(each for each in chart.rglob("*") if each.is_file()):
            # Times, owners and modes keep their defaults, so the archive is the same on every machine.
            entry = tarfile.TarInfo(f"{metadata['name']}/{path.relative_to(chart).as_posix()}")
            content = path.read_bytes()
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return PackedChart(metadata, gzip.compress(archive.getvalue(), mtime=0))
