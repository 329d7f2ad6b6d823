"""The work on one service's image."""

import json
import re
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.images.commands import CommandError, Commands
from ops.images.registry import DIGEST, Finding, Registry, refused
from ops.images.services import BadService, Service

_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
"""As the OCI distribution specification has it."""


_MOVING = "-latest"
"""How the tags end that follow whatever was pushed last."""


class RefusedImage(Exception):
    """The scan found more than is accepted."""

    def __init__(self, image: str, findings: Sequence[Finding]) -> None:
        super().__init__(image)
        self.image, self.findings = image, findings


def check_tag(tag: str) -> None:
    """Refuse what cannot be the tag of a new image.

    Raises:
        BadService: The message says what would be right.
    """
    if not _TAG.fullmatch(tag):
        raise BadService(f"--tag {tag!r}: letters, digits, dots, dashes and underscores, 128 at most")
    # It is on an image already, so that one would be deployed, as "pushed before".
    if tag.endswith(_MOVING):
        raise BadService(f"--tag {tag!r}: a tag that ends with {_MOVING} moves by itself: give one that stays")


@dataclass(frozen=True)
class Releases:
    """Builds, pushes and copies images."""

    commands: Commands
    registry: Registry
    platforms: Sequence[str]

    def tag(self, service: Service) -> str:
        """The commit of the service's source.

        Raises:
            BadService: The source is not in a git repository, or has changes that no commit has.
        """
        context = self._source(service)
        git = ("git", "-C", str(context))
        if self.commands.ask(*git, "status", "--porcelain", "--", ".", rehearsed=""):
            raise BadService(f"{service.name}: {context} has changes that are in no commit: commit them, or give --tag")
        return self.commands.ask(*git, "rev-parse", "--short=12", "HEAD", rehearsed="<commit>")

    def build(self, service: Service, tag: str) -> None:
        """Build for every platform, and keep the result in the build cache."""
        self.commands.run(*self._build(service, tag))

    def push(self, service: Service, tag: str) -> str:
        """Build and push, and answer the digest. A tag that was pushed before is not built again: it cannot change."""
        found = self.registry.digest(service.repository, tag)
        if found:
            print(f"{service.name}: {tag} was pushed before, as {found}")
            self._copy(self.name(service, found), "--tag", self._latest(service))
            return found
        with tempfile.TemporaryDirectory() as folder:
            metadata = Path(folder) / "metadata.json"
            shown = "metadata.json" if self.commands.rehearsal else str(metadata)
            self.commands.run(*self._build(service, tag), "--push", "--metadata-file", shown)
            return DIGEST if self.commands.rehearsal else str(json.loads(metadata.read_text())["containerimage.digest"])

    def check(self, service: Service, digest: str, threshold: str, accepted: Collection[str]) -> None:
        """Wait for the scan of every platform's image.

        Raises:
            RefusedImage: There is a finding as severe as the threshold, or more, that is not accepted.
        """
        for each in self.registry.platforms(service.repository, digest):
            found = refused(list(self.registry.findings(service.repository, each)), threshold, accepted)
            if found:
                raise RefusedImage(f"{service.repository}@{each}", found)

    def name(self, service: Service, digest: str) -> str:
        """The image's full name, by its digest."""
        return f"{self.registry.host}/{service.repository}@{digest}"

    def promote(self, source: Service, target: Service, source_name: str) -> str:
        """Copy an image into another stack's repository, from registry to registry, and answer its digest.

        Raises:
            BadService: The source stack does not name an image by its digest.
            CommandError: The copy has another digest.
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
        copied = self.commands.ask(*inspect, rehearsed=digest[1])
        if copied != digest[1]:
            raise CommandError(f"{tags[0]} is {copied} after the copy, and {digest[1]} was copied")
        return copied

    def _build(self, service: Service, tag: str) -> tuple[str, ...]:
        context, repository = self._source(service), f"{self.registry.host}/{service.repository}"
        return (
            "docker", "buildx", "build", str(context), "--file", str(service.dockerfile),
            # Attestations would make an index of every image, and parts of it that ECR neither tags nor scans.
            "--platform", ",".join(self.platforms), "--provenance=false",
            "--tag", f"{repository}:{tag}", "--tag", self._latest(service),
        )  # fmt: skip

    def _copy(self, source: str, *options: str) -> None:
        # By default an image for one platform would be wrapped into an index, which has another digest.
        self.commands.run("docker", "buildx", "imagetools", "create", "--prefer-index=false", *options, source)

    def _latest(self, service: Service) -> str:
        return f"{self.registry.host}/{service.repository}:{service.stack}{_MOVING}"

    def _source(self, service: Service) -> Path:
        where = f"openmarket:services.{service.name}.build in Pulumi.{service.stack}.yaml"
        if service.context is None or service.dockerfile is None:
            raise BadService(f"{service.name} has no source: {where} needs a context")
        if not self.commands.rehearsal and not service.dockerfile.is_file():
            raise BadService(f"{service.name}: there is no {service.dockerfile}: {where} says where it is")
        return service.context
