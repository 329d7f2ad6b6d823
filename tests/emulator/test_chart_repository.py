"""The chart repository: its index, its archives, and the registry's protocol."""

import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator.chart_repository import CHARTS, Response, answer

REPOSITORY = "https://charts.example.com/some/path"
REGISTRY = "https://registry.example.com/v2/mirror/charts"


def index() -> dict[str, list[dict[str, Any]]]:
    found = answer(f"{REPOSITORY}/index.yaml")
    assert found.status == 200
    return yaml.safe_load(found.body)["entries"]


def members(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        opened = {each.name: tar.extractfile(each) for each in tar.getmembers()}
        return {name: file.read() for name, file in opened.items() if file}


def manifest(name: str, reference: str) -> tuple[Response, dict[str, Any]]:
    found = answer(f"{REGISTRY}/{name}/manifests/{reference}")
    return found, json.loads(found.body)


def test_the_index_has_every_chart_with_the_archive_that_is_served() -> None:
    assert set(index()) == {path.parent.name for path in CHARTS.glob("*/Chart.yaml")}
    for name, entries in index().items():
        for entry in entries:
            (file,) = entry["urls"]
            archive = answer(f"{REPOSITORY}/{file}")
            assert (archive.status, archive.content_type) == (200, "application/gzip")
            assert hashlib.sha256(archive.body).hexdigest() == entry["digest"]
            inside = members(archive.body)
            assert yaml.safe_load(inside[f"{name}/Chart.yaml"])["version"] == entry["version"]


def test_archives_hold_every_file_and_charts_inside() -> None:
    archive = answer(f"{REPOSITORY}/kube-prometheus-stack-88.5.3.tgz").body
    files = [path for path in (CHARTS / "kube-prometheus-stack").rglob("*") if path.is_file()]
    assert members(archive) == {f"{path.relative_to(CHARTS)}": path.read_bytes() for path in files}
    assert "kube-prometheus-stack/charts/crds/Chart.yaml" in members(archive)


def test_the_same_files_make_the_same_archive(tmp_path: Path) -> None:
    # Copies have other times, and here other modes.
    shutil.copytree(CHARTS, tmp_path / "charts", copy_function=shutil.copyfile)
    file = f"{REPOSITORY}/cluster-autoscaler-9.59.0.tgz"
    assert answer(file).body == answer(file, tmp_path / "charts").body
    with (tmp_path / "charts/cluster-autoscaler/values.yaml").open("a") as values:
        values.write("replicaCount: 2\n")
    assert answer(file).body != answer(file, tmp_path / "charts").body


def test_a_folder_of_charts_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/Chart.yaml").write_text("{apiVersion: v2, name: own, version: 1.0.0+build.1}")
    assert "own" in yaml.safe_load(answer(f"{REPOSITORY}/index.yaml", tmp_path).body)["entries"]
    tags = json.loads(answer(f"{REGISTRY}/own/tags/list", tmp_path).body)["tags"]
    # A registry's tags cannot have a plus.
    assert tags == ["1.0.0_build.1"]
    assert answer(f"{REGISTRY}/own/manifests/{tags[0]}", tmp_path).status == 200


def test_archives_in_the_folder_are_served_as_they_are(tmp_path: Path) -> None:
    file = "cluster-autoscaler-9.59.0.tgz"
    (tmp_path / file).write_bytes(answer(f"{REPOSITORY}/{file}").body)
    assert answer(f"{REPOSITORY}/{file}", tmp_path) == answer(f"{REPOSITORY}/{file}")
    assert list(yaml.safe_load(answer(f"{REPOSITORY}/index.yaml", tmp_path).body)["entries"]) == ["cluster-autoscaler"]


@pytest.mark.parametrize("file", ["nginx-1.0.0.tgz", "external-secrets-0.1.0.tgz", ""])
def test_what_is_missing_is_answered_with_what_there_is(file: str) -> None:
    found = answer(f"{REPOSITORY}/{file}")
    assert found.status == 404
    assert b"external-secrets 2.9.0" in found.body
    assert file.encode() in found.body


def test_a_registry_serves_what_its_manifest_names() -> None:
    assert answer("https://registry.example.com/v2/").status == 200
    by_tag, content = manifest("external-secrets", "2.9.0")
    digest = by_tag.headers["Docker-Content-Digest"]
    assert by_tag.content_type == content["mediaType"]
    assert digest == f"sha256:{hashlib.sha256(by_tag.body).hexdigest()}"
    assert manifest("external-secrets", digest)[0] == by_tag
    for descriptor in (content["config"], *content["layers"]):
        blob = answer(f"{REGISTRY}/external-secrets/blobs/{descriptor['digest']}")
        assert len(blob.body) == descriptor["size"]
        assert descriptor["digest"] == f"sha256:{hashlib.sha256(blob.body).hexdigest()}"
    layer = answer(f"{REGISTRY}/external-secrets/blobs/{content['layers'][0]['digest']}").body
    assert layer == answer(f"{REPOSITORY}/external-secrets-2.9.0.tgz").body


def test_a_registry_lists_versions() -> None:
    found = json.loads(answer(f"{REGISTRY}/cluster-autoscaler/tags/list").body)
    assert found == {"name": "cluster-autoscaler", "tags": ["9.59.0"]}


@pytest.mark.parametrize(
    ("path", "code", "known"),
    [
        ("nginx/manifests/1.0.0", "NAME_UNKNOWN", "cluster-autoscaler 9.59.0"),
        ("external-secrets/manifests/0.1.0", "MANIFEST_UNKNOWN", "external-secrets 2.9.0"),
        ("external-secrets/blobs/sha256:0", "BLOB_UNKNOWN", "external-secrets 2.9.0"),
        ("nginx/tags/list", "NAME_UNKNOWN", "cluster-autoscaler 9.59.0"),
    ],
)
def test_a_registry_names_the_error(path: str, code: str, known: str) -> None:
    found = answer(f"{REGISTRY}/{path}")
    (error,) = json.loads(found.body)["errors"]
    assert (found.status, error["code"]) == (404, code)
    assert known in error["message"]
