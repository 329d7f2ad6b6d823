"""Helm charts of a folder as archives, whose bytes depend on nothing but the charts' files."""

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
    """A chart as `helm package` would write it."""

    metadata: Mapping[str, Any]
    """Its Chart.yaml."""
    content: bytes

    @property
    def name(self) -> str:
        """By Chart.yaml."""
        return str(self.metadata["name"])

    @property
    def version(self) -> str:
        """By Chart.yaml."""
        return str(self.metadata["version"])

    @property
    def file(self) -> str:
        """The archive's name."""
        return f"{self.name}-{self.version}.tgz"

    @property
    def tag(self) -> str:
        """The version as a registry's tag, where a plus is not allowed."""
        return self.version.replace("+", "_")


def packed(folder: Path) -> list[PackedChart]:
    """The charts in the folder: folders of their own with a Chart.yaml, and archives that `helm package` wrote."""
    unpacked = [_pack(each.parent) for each in sorted(folder.glob("*/Chart.yaml"))]
    return unpacked + [_read(each) for each in sorted(folder.glob("*.tgz"))]


def _read(archive: Path) -> PackedChart:
    with tarfile.open(archive) as tar:
        # The chart's own file lies one folder deep, those of its dependencies deeper.
        member = next(each for each in tar if each.name.endswith("/Chart.yaml") and each.name.count("/") == 1)
        content = tar.extractfile(member)
        metadata = cast(dict[str, Any], yaml.safe_load(content.read() if content else b""))
    return PackedChart(metadata, archive.read_bytes())


def _pack(chart: Path) -> PackedChart:
    metadata = cast(dict[str, Any], yaml.safe_load((chart / "Chart.yaml").read_text()))
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(each for each in chart.rglob("*") if each.is_file()):
            # Times, owners and modes stay at their defaults: the same files make the same bytes everywhere.
            entry = tarfile.TarInfo(f"{metadata['name']}/{path.relative_to(chart).as_posix()}")
            content = path.read_bytes()
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return PackedChart(metadata, gzip.compress(archive.getvalue(), mtime=0))
