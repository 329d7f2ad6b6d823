"""Copies the files of a release that browsers ask the CDN for into the assets bucket, before its pods come."""

import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from analysis import stack_file
from ops.images.commands import CommandError, Commands
from ops.images.services import BadService, Service
from ops.images.static_archive import BadArchive, extract, sizes

PREFIX = "_next/static/"
"""The beginning of their keys: the CDN serves an object at the path that is its key."""

FOREVER = "public, max-age=31536000, immutable"
"""What browsers and caches are told: names follow from the content, so what is behind one never changes. A year."""

_OTHER = "application/octet-stream"
_TYPES = {
    ".avif": "image/avif", ".css": "text/css; charset=utf-8", ".gif": "image/gif", ".ico": "image/x-icon",
    ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".js": "text/javascript; charset=utf-8", ".json": "application/json",
    ".map": "application/json", ".mjs": "text/javascript; charset=utf-8", ".mp4": "video/mp4", ".otf": "font/otf",
    ".png": "image/png", ".svg": "image/svg+xml", ".ttf": "font/ttf", ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm", ".webm": "video/webm", ".webp": "image/webp", ".woff": "font/woff",
    ".woff2": "font/woff2",
}  # fmt: skip
"""Types of what a build emits. A page in HTML is not one of them, and is offered as a download like all others."""


@dataclass(frozen=True)
class StaticFiles:
    """Copies files out of images into the assets bucket of a stack.

    Nothing of an image runs: BuildKit copies the folder out of it. Objects that are there stay, and none is deleted, so
    pods of the releases before, and browsers that have their pages, find theirs.
    """

    commands: Commands
    stack: str
    region: str
    platforms: Sequence[str]

    def publish(self, service: Service, image: str) -> str:
        """Copy what the bucket does not have of a service's image, and return what was done in a sentence.

        Raises:
            BadService: The image has what no build has, or other content under a name that is there.
            CommandError: A command failed, or there is no such bucket.
        """
        with tempfile.TemporaryDirectory() as folder:
            archives = [
                self._archive(image, static, platform, Path(folder) / f"{number}-{index}.tar")
                for number, static in enumerate(service.static)
                for index, platform in enumerate(self.platforms)
            ]
            folders = " and ".join(service.static)
            if self.commands.dry_run:
                bucket = self._bucket()
                self._present(bucket)
                self._upload(Path("<files>"), bucket, "<type>")
                return f"{service.name}: what {bucket} does not have of {folders} would be copied"
            try:
                found = {archive: sizes(archive) for archive in archives}
                if not any(found.values()):
                    return f"{service.name}: the image has no {folders}, so nothing is copied for the CDN"
                bucket = self._bucket()
                missing = _missing(service, list(found.values()), self._present(bucket))
                self._copy(found, missing, Path(folder), bucket)
            except BadArchive as error:
                raise BadService(f"{service.name}: {folders} of {image}: {error}") from None
            total = len(set[str]().union(*found.values()))
            where = f"s3://{bucket}/{PREFIX}, where nothing is deleted"
            return f"{service.name}: {len(missing)} of {total} files copied to {where}"

    def _archive(self, image: str, folder: str, platform: str, archive: Path) -> Path:
        """Write the folder of the image to a tar archive, which is empty if the image has no such folder."""
        shown = archive.name if self.commands.dry_run else str(archive)
        # A path with a wildcard may match nothing, where any other that is missing is an error. The wildcard is in the
        # first part, as the folders before it have to be there.
        source = f"/[{folder[1]}]{folder[2:]}"
        self.commands.run(
            # An attestation would be a file in the archive beside those of the image.
            "docker", "buildx", "build", "--platform", platform, "--provenance=false",
            "--output", f"type=tar,dest={shown}", "-",
            stdin=f"FROM scratch\nCOPY --from={image} {source} /\n",
        )  # fmt: skip
        return archive

    def _bucket(self) -> str:
        """Return the name of the stack's assets bucket, which AWS knows by its tag."""
        name = f"{stack_file.prefix(self.stack)}-assets"
        answer = self.commands.json_output(
            "aws", "resourcegroupstaggingapi", "get-resources", "--region", self.region,
            "--resource-type-filters", "s3", "--tag-filters", f"Key=Name,Values={name}", "--output", "json",
            substitute={"ResourceTagMappingList": [{"ResourceARN": f"arn:aws:s3:::<{name}>"}]},
        )  # fmt: skip
        found = [str(each["ResourceARN"]).rpartition(":")[2] for each in answer["ResourceTagMappingList"]]
        if len(found) != 1:
            which = "there is none: `make up` makes it" if not found else f"there are {', '.join(sorted(found))}"
            raise CommandError(f"one bucket in {self.region} has to have the tag Name={name}, and {which}")
        return found[0]

    def _present(self, bucket: str) -> dict[str, int]:
        """Return the sizes of the bucket's objects by their names below the prefix."""
        answer = self.commands.output(
            "aws", "s3api", "list-objects-v2", "--region", self.region, "--bucket", bucket, "--prefix", PREFIX,
            "--output", "json", substitute="",
        )  # fmt: skip
        # Where there is no object, the AWS CLI prints nothing, or no list.
        try:
            listed: Sequence[Mapping[str, Any]] = json.loads(answer or "{}").get("Contents") or ()
        except json.JSONDecodeError:
            raise CommandError(f"the list of {bucket} is not JSON: {answer[:200]!r}") from None
        return {str(each["Key"]).removeprefix(PREFIX): int(each["Size"]) for each in listed}

    def _copy(
        self, found: Mapping[Path, Mapping[str, int]], missing: Collection[str], folder: Path, bucket: str
    ) -> None:
        # The AWS CLI gives all files of one command the same type, and guesses types by the machine that it runs on.
        types = sorted({_type(name) for name in missing})
        staged = {kind: folder / f"type-{number}" for number, kind in enumerate(types)}
        wanted = set(missing)
        for archive, names in found.items():
            extract(archive, {name: staged[_type(name)] / name for name in names if name in wanted})
            wanted -= set(names)
        for kind, place in staged.items():
            self._upload(place, bucket, kind)

    def _upload(self, folder: Path, bucket: str, kind: str) -> None:
        self.commands.run(
            "aws", "s3", "cp", str(folder), f"s3://{bucket}/{PREFIX}", "--recursive", "--region", self.region,
            "--content-type", kind, "--cache-control", FOREVER, "--only-show-errors",
        )  # fmt: skip


def _missing(service: Service, found: Sequence[Mapping[str, int]], present: Mapping[str, int]) -> set[str]:
    """Return the names of the files that the bucket does not have."""
    known = dict(present)
    for names in found:
        for name, size in names.items():
            if known.setdefault(name, size) != size:
                raise BadService(
                    f"{service.name}: {name} has {size} bytes, and {known[name]} in the assets bucket or for another "
                    "platform. Browsers keep what is behind a name for ever, so each build needs names of its own: "
                    "leave generateBuildId of Next.js alone, or let it answer another id for each build"
                )
    return set(known) - set(present)


def _type(name: str) -> str:
    return _TYPES.get(PurePosixPath(name).suffix.lower(), _OTHER)
