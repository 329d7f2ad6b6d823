"""Computes the responses of a chart repository, over HTTPS or as an OCI registry, without being a server.

The charts are in a folder, by default the emulator's own in `emulator/charts/`. Host and path before the file name are
ignored, so that it stands for every repository that a program may use.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from emulator.packed_chart import PackedChart, packed

CHARTS = Path(__file__).parent / "charts"
"""Folder of the emulator's own charts."""

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.cncf.helm.config.v1+json"
_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
_EPOCH = "1970-01-01T00:00:00Z"
_OCI = re.compile(r"/v2/(?P<name>.+)/(?:(?P<kind>manifests|blobs)/(?P<reference>[^/]+)|tags/list)")


@dataclass(frozen=True)
class Response:
    """The response to GET. That to HEAD is the same without the body, but with its `Content-Length`."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class _Blob:
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"

    @property
    def descriptor(self) -> dict[str, Any]:
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.content)}


def answer(url: str, folder: Path = CHARTS) -> Response:
    """Return the response to a GET request for the charts of the folder; the text of a 404 lists the charts.

    Args:
        url: `.../index.yaml`, `.../<name>-<version>.tgz`, or a URL of the OCI distribution API under `/v2/`. The last
            part of an OCI name is the chart's name; the others are ignored.
        folder: The folder of the charts.
    """
    path = unquote(urlsplit(url).path)
    charts = packed(folder)
    if path.rstrip("/") == "/v2":
        return _json(200, {})
    if oci := _OCI.fullmatch(path):
        return _registry(charts, oci["name"].rsplit("/", 1)[-1], oci["kind"] or "tags", oci["reference"] or "")
    file = path.rsplit("/", 1)[-1]
    if file == "index.yaml":
        return Response(200, "application/yaml", _index(charts))
    for chart in charts:
        if file == chart.file:
            return Response(200, "application/gzip", chart.content)
    return Response(404, "text/plain", f"The emulator has no {file or 'such file'}; {_offer(charts)}".encode())


def _index(charts: Sequence[PackedChart]) -> bytes:
    entries: dict[str, list[dict[str, Any]]] = {}
    for chart in charts:
        digest = hashlib.sha256(chart.content).hexdigest()
        entry = {**chart.metadata, "urls": [chart.file], "digest": digest, "created": _EPOCH}
        entries.setdefault(chart.name, []).append(entry)
    return yaml.safe_dump({"apiVersion": "v1", "entries": entries, "generated": _EPOCH}).encode()


def _registry(charts: Sequence[PackedChart], name: str, kind: str, reference: str) -> Response:
    versions = [chart for chart in charts if chart.name == name]
    if not versions:
        return _error("NAME_UNKNOWN", f"The emulator has no chart {name}; {_offer(charts)}")
    if kind == "tags":
        return _json(200, {"name": name, "tags": [chart.tag for chart in versions]})
    for chart in versions:
        manifest, *blobs = _artifact(chart)
        if kind == "manifests" and reference in (chart.tag, manifest.digest):
            return _content(manifest, _MANIFEST)
        for blob in blobs if kind == "blobs" else ():
            if blob.digest == reference:
                return _content(blob, "application/octet-stream")
    code = "MANIFEST_UNKNOWN" if kind == "manifests" else "BLOB_UNKNOWN"
    return _error(code, f"The emulator has no {reference} of the chart {name}; {_offer(versions)}")


def _artifact(chart: PackedChart) -> list[_Blob]:
    """Return the manifest of a chart, and the blobs that it refers to."""
    config = _Blob(_CONFIG, json.dumps(chart.metadata, sort_keys=True).encode())
    layer = _Blob(_LAYER, chart.content)
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": config.descriptor,
        "layers": [layer.descriptor],
        "annotations": {
            "org.opencontainers.image.title": chart.name,
            "org.opencontainers.image.version": chart.version,
        },
    }
    return [_Blob(_MANIFEST, json.dumps(manifest, sort_keys=True).encode()), config, layer]


def _content(blob: _Blob, content_type: str) -> Response:
    return Response(200, content_type, blob.content, {"Docker-Content-Digest": blob.digest})


def _json(status: int, content: Any) -> Response:
    return Response(status, "application/json", json.dumps(content).encode())


def _error(code: str, message: str) -> Response:
    return _json(404, {"errors": [{"code": code, "message": message}]})


def _offer(charts: Sequence[PackedChart]) -> str:
    return f"it has {', '.join(f'{chart.name} {chart.version}' for chart in charts) or 'no chart'}"
