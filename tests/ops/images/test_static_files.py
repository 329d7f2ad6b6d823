"""What browsers get of a release is in the assets bucket before the stack file names the release, and stays there."""

import json
import tarfile
from pathlib import Path

import pytest

from analysis import stack_file
from emulator.aws import docker
from emulator.aws.types.s3 import BUCKET, OBJECT
from emulator.store import Store, StoredObject
from tests.ops.images.shop import image, images

CHUNK = "chunks/app/(shop)/[id]/page-1f.js"
FILES = {CHUNK: "let a", "css/2a.css": "a{}", "media/font-3b.woff2": "wOF2", "b1/_buildManifest.js": "{}", "odd": "?"}
PREFIX = "_next/static/"


@pytest.fixture
def shop(project: Path) -> Path:
    """The shop's stack file beside an account with an assets bucket for each stack."""
    with Store(project.parent / "state" / "aws.sqlite").transaction() as account:
        for stack in ("dev", "staging"):
            name = f"assets-{stack}"
            outputs = {"arn": f"arn:aws:s3:::{name}", "tagsAll": {"Name": f"openmarket-{stack}-assets"}}
            account.put(StoredObject(BUCKET, name, outputs=outputs))
    build(project, FILES)
    return project


def build(project: Path, files: dict[str, str], folder: str = "app/.next/static") -> None:
    """Let the next image of the frontend have these files."""
    root = project.parent / "openmarket" / "frontend" / "emulator-files"
    for name, content in files.items():
        file = root / folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


def objects(project: Path, stack: str = "dev") -> dict[str, StoredObject]:
    """Objects of the stack's assets bucket by key; each put makes another version, so one of each is one put."""
    store = Store(project.parent / "state" / "aws.sqlite")
    found = store.find(OBJECT, bucket=f"assets-{stack}")
    assert len({each.outputs["key"] for each in found}) == len(found)
    return {each.outputs["key"]: each for each in found}


def audit(project: Path) -> list[dict[str, str]]:
    file = project.parent / "state" / "audit.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_release_brings_its_files(shop: Path) -> None:
    said = images("deploy", "all", "--tag", "v1").output
    assert "frontend-web: 5 of 5 files copied to s3://assets-dev/_next/static/, where nothing is deleted" in said
    found = objects(shop)
    assert set(found) == {PREFIX + name for name in FILES}
    headers = {key.removeprefix(PREFIX): each.outputs["headers"] for key, each in found.items()}
    assert {each["CacheControl"] for each in headers.values()} == {"public, max-age=31536000, immutable"}
    assert {name: each["ContentType"] for name, each in headers.items()} == {
        CHUNK: "text/javascript; charset=utf-8",
        "css/2a.css": "text/css; charset=utf-8",
        "media/font-3b.woff2": "font/woff2",
        "b1/_buildManifest.js": "text/javascript; charset=utf-8",
        "odd": "application/octet-stream",
    }
    (line,) = audit(shop)
    assert (line["stack"], line["command"], line["outcome"]) == ("dev", "images deploy all", "done")
    assert "5 of 5 files" in line["says"]


def test_what_is_there_is_left_as_it_is(shop: Path) -> None:
    images("deploy", "frontend", "--tag", "v1")
    before = objects(shop)
    build(shop, {"chunks/page-9f.js": "let b"})
    assert "1 of 6 files copied" in images("deploy", "frontend", "--tag", "v2").output
    after = objects(shop)
    assert set(after) - set(before) == {f"{PREFIX}chunks/page-9f.js"}
    assert {key: after[key].created for key in before} == {key: each.created for key, each in before.items()}
    assert "0 of 6 files copied" in images("deploy", "frontend", "--tag", "v2").output


def test_the_release_before_keeps_its_files(shop: Path) -> None:
    images("deploy", "frontend", "--tag", "v1")
    (shop.parent / "openmarket/frontend/emulator-files/app/.next/static" / CHUNK).unlink()
    build(shop, {"chunks/app/(shop)/[id]/page-2e.js": "let c"})
    images("deploy", "frontend", "--tag", "v2")
    assert {PREFIX + CHUNK, f"{PREFIX}chunks/app/(shop)/[id]/page-2e.js"} <= set(objects(shop))


def test_another_content_under_a_name_stops_the_release(shop: Path) -> None:
    images("deploy", "frontend", "--tag", "v1")
    running, before = image("dev", "frontend-web"), objects(shop)
    build(shop, {"b1/_buildManifest.js": "{...}", "chunks/new-1.js": "1"})
    said = images("deploy", "frontend", "--tag", "v2", ok=False).output
    assert "b1/_buildManifest.js has 5 bytes, and 2 in the assets bucket" in said
    assert "generateBuildId" in said
    assert image("dev", "frontend-web") == running
    assert objects(shop) == before
    assert audit(shop)[-1]["outcome"] == "failed"


def test_files_that_cannot_be_copied_stop_the_release(shop: Path) -> None:
    with Store(shop.parent / "state" / "aws.sqlite").transaction() as account:
        account.remove(BUCKET, "assets-dev")
    said = images("deploy", "frontend", "--tag", "v1", ok=False).output
    assert "has to have the tag Name=openmarket-dev-assets, and there is none: `make up` makes it" in said
    assert image("dev", "frontend-web") == ""


def test_a_link_in_the_image_stops_the_release(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ops.images import static_files

    def linked(self: static_files.StaticFiles, image: str, folder: str, platform: str, archive: Path) -> Path:
        entry = tarfile.TarInfo("chunks/a.js")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/proc/self/environ"
        with tarfile.open(archive, "w") as tar:
            tar.addfile(entry)
        return archive

    monkeypatch.setattr(static_files.StaticFiles, "_archive", linked)
    said = images("deploy", "frontend", "--tag", "v1", ok=False).output
    assert "frontend-web: /app/.next/static of " in said
    assert "'chunks/a.js' is neither a file nor a folder" in said
    assert image("dev", "frontend-web") == ""
    assert objects(shop) == {}


def test_promotion_brings_them_to_the_other_stack(shop: Path) -> None:
    images("deploy", "all", "--tag", "v1")
    said = images("promote", "--from", "dev", "--to", "staging").output
    assert "5 of 5 files copied to s3://assets-staging/" in said
    assert set(objects(shop, "staging")) == set(objects(shop, "dev"))
    assert (audit(shop)[-1]["stack"], audit(shop)[-1]["command"]) == ("staging", "images promote all --from dev")


def test_a_service_that_is_not_of_next_is_left_alone(shop: Path) -> None:
    assert "COPY --from" not in images("deploy", "backend", "--tag", "v1").output
    assert objects(shop) == {}
    assert audit(shop) == []


def test_an_image_without_the_folder_is_left_alone(project: Path) -> None:
    said = images("deploy", "frontend", "--tag", "v1").output
    assert "frontend-web: the image has no /app/.next/static, so nothing is copied" in said
    assert image("dev", "frontend-web") != ""


def test_the_folder_is_beside_the_cache_that_the_stanza_names(shop: Path) -> None:
    file = shop / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("[/app/.next/cache]", "[/srv/web/.next/cache]"))
    build(shop, {"chunks/srv-1.js": "1"}, "srv/web/.next/static")
    images("deploy", "frontend", "--tag", "v1")
    assert set(objects(shop)) == {f"{PREFIX}chunks/srv-1.js"}


def test_who_runs_the_image_may_be_the_one_that_has_the_cache(shop: Path) -> None:
    settings = stack_file.settings("dev")["openmarket:services"]["frontend-web"]
    other = settings | {"hosts": [], "imageOf": "frontend-web", "writable": ["/other/.next/cache"]}
    del other["image"], other["build"]
    file = shop / "Pulumi.dev.yaml"
    line = f"  openmarket:services:\n    second: {json.dumps(other)}\n"
    file.write_text(file.read_text().replace("  openmarket:services:\n", line))
    build(shop, {"chunks/other-1.js": "1"}, "other/.next/static")
    assert "6 of 6 files" in images("deploy", "frontend", "--tag", "v1").output


def test_a_rehearsal_shows_what_would_be_done(shop: Path) -> None:
    said = images("deploy", "frontend", "--tag", "v1", "--dry-run").output
    lines = [line for line in said.splitlines() if line.startswith("$ ")]
    assert [" ".join(line.split()[1:4]) for line in lines][-4:] == [
        "docker buildx build", "aws resourcegroupstaggingapi get-resources", "aws s3api list-objects-v2", "aws s3 cp",
    ]  # fmt: skip
    assert "/[a]pp/.next/static /" in said
    assert "frontend-web: what <openmarket-dev-assets> does not have of /app/.next/static would be copied" in said
    assert objects(shop) == {}
    assert audit(shop) == []


def test_the_stand_in_for_docker_refuses_what_it_does_not_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("FROM scratch\nRUN true\n"))
    assert docker.main(["buildx", "build", "--output", f"type=tar,dest={tmp_path}/a.tar", "-"]) == 1
    assert "it builds one `COPY --from`" in capsys.readouterr().err
