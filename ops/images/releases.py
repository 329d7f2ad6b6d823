"""Builds, pushes, checks and promotes the image of one service."""

import json
import re
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.images.commands import CommandError, Commands
from ops.images.registry import DIGEST, Finding, Registry, blocking
from ops.images.services import BadService, Service

_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
"""Matches a tag, as defined in the OCI distribution specification."""

_MOVING = "-latest"
"""Suffix of the tags that move to the newest image."""


class RefusedImage(Exception):
    """The scan of an image has blocking findings."""

    def __init__(self, image: str, findings: Sequence[Finding]) -> None:
        super().__init__(image)
        self.image, self.findings = image, findings


def check_tag(tag: str) -> None:
    """Check the tag for a new image.

    Raises:
        BadService: The tag is invalid or is one that moves; the message says what would be right.
    """
    if not _TAG.fullmatch(tag):
        raise BadService(f"--tag {tag!r}: it must have 1 to 128 letters, digits, dots, dashes and underscores")
    # An image has this tag already, so `push` would take it for one that was pushed before.
    if tag.endswith(_MOVING):
        raise BadService(f"--tag {tag!r}: tags that end with {_MOVING} move to the newest image: give a fixed one")


def source(service: Service) -> Path:
    """Return the folder of the service's source, which is there with its Dockerfile.

    Raises:
        BadService: The stanza names no source, or the folder or its Dockerfile is not there.
    """
    context, dockerfile = _context(service), service.dockerfile
    missing = context if not context.is_dir() else dockerfile
    if dockerfile is None or not dockerfile.is_file():
        raise BadService(f"{service.name}: there is no {missing}, which {_where(service)} names")
    return context


def _context(service: Service) -> Path:
    if service.context is None:
        raise BadService(f"{service.name} has no source: {_where(service)} needs a context")
    return service.context


def _where(service: Service) -> str:
    return f"openmarket:services.{service.name}.build in Pulumi.{service.stack}.yaml"


@dataclass(frozen=True)
class Releases:
    """Builds, pushes, checks and copies images; `platforms` are those to build for, such as `linux/arm64`."""

    commands: Commands
    registry: Registry
    platforms: Sequence[str]

    def tag(self, service: Service) -> str:
        """Return the commit of the service's source, as the tag of its image.

        Raises:
            BadService: The service has no source, or the source has uncommitted changes.
            CommandError: The source is not in a git repository.
        """
        context = self._source(service)
        git = ("git", "-C", str(context))
        if self.commands.output(*git, "status", "--porcelain", "--", ".", substitute=""):
            raise BadService(f"{service.name}: {context} has uncommitted changes: commit them, or give --tag")
        return self.commands.output(*git, "rev-parse", "--short=12", "HEAD", substitute="<commit>")

    def build(self, service: Service, tag: str) -> None:
        """Build the image for every platform; the result stays in the build cache."""
        self.commands.run(*self._build(service, tag))

    def push(self, service: Service, tag: str) -> str:
        """Build and push the image, and return its digest. An existing tag is not built again: tags are immutable."""
        found = self.registry.digest(service.repository, tag)
        if found:
            print(f"{service.name}: {tag} is already pushed, as {found}")
            self._copy(self.name(service, found), "--tag", self._latest(service))
            return found
        with tempfile.TemporaryDirectory() as folder:
            metadata = Path(folder) / "metadata.json"
            shown = "metadata.json" if self.commands.dry_run else str(metadata)
            self.commands.run(*self._build(service, tag), "--push", "--metadata-file", shown)
            return DIGEST if self.commands.dry_run else str(json.loads(metadata.read_text())["containerimage.digest"])

    def check(self, service: Service, digest: str, threshold: str, accepted: Collection[str]) -> None:
        """Wait for the scan of every platform's image and check its findings.

        Raises:
            RefusedImage: A finding of at least the threshold's severity is not accepted.
        """
        for each in self.registry.platforms(service.repository, digest):
            found = blocking(list(self.registry.findings(service.repository, each)), threshold, accepted)
            if found:
                raise RefusedImage(f"{service.repository}@{each}", found)

    def name(self, service: Service, digest: str) -> str:
        """Return the image's full name with its digest."""
        return f"{self.registry.host}/{service.repository}@{digest}"

    def promote(self, source: Service, target: Service, source_name: str) -> str:
        """Copy an image into another stack's repository, within the registry, and return its digest.

        Raises:
            BadService: The source stack's image is a placeholder or has no digest.
            CommandError: The copy has a different digest.
        """
        digest = _DIGEST.search(source_name)
        if digest is None:
            raise BadService(
                f"{source.name}: {source.stack} runs {source_name or 'a placeholder'}, which has no digest to promote: "
                f"`images deploy {source.name} --stack {source.stack}` first"
            )
        copy = f"{self.registry.host}/{target.repository}"
        tags = (f"{copy}:from-{source.stack}-{digest[1][7:19]}", self._latest(target))
        tagged = [word for tag in tags for word in ("--tag", tag)]
        self._copy(source_name, *tagged)
        inspect = ("docker", "buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", tags[0])
        copied = self.commands.output(*inspect, substitute=digest[1])
        if copied != digest[1]:
            raise CommandError(f"{tags[0]} has the digest {copied} after the copy instead of {digest[1]}")
        return copied

    def _build(self, service: Service, tag: str) -> tuple[str, ...]:
        context, repository = self._source(service), f"{self.registry.host}/{service.repository}"
        return (
            "docker", "buildx", "build", str(context), "--file", str(service.dockerfile),
            # Attestations would turn every image into an index with parts that ECR neither tags nor scans.
            "--platform", ",".join(self.platforms), "--provenance=false",
            "--tag", f"{repository}:{tag}", "--tag", self._latest(service),
        )  # fmt: skip

    def _copy(self, source: str, *options: str) -> None:
        # By default an image for one platform is wrapped into an index, which has a different digest.
        self.commands.run("docker", "buildx", "imagetools", "create", "--prefer-index=false", *options, source)

    def _latest(self, service: Service) -> str:
        return f"{self.registry.host}/{service.repository}:{service.stack}{_MOVING}"

    def _source(self, service: Service) -> Path:
        """Return the folder of the source. Of a dry run it was checked before, or is said to be missing."""
        return _context(service) if self.commands.dry_run else source(service)
