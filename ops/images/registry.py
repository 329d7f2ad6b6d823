"""Accesses ECR with the `aws` and `docker` commands."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from components.config.data import Severity
from ops.images.commands import CommandError, Commands

SEVERITIES: tuple[str, ...] = get_args(Severity)

SCAN_SECONDS = 600
_PAUSE = 5.0
_SCANNING = {"PENDING", "IN_PROGRESS"}
_SCANNED = {"COMPLETE", "ACTIVE"}
"""Statuses with findings: of basic scanning, and of enhanced scanning, which is continuous."""

DIGEST = "<digest>"
"""Stands for a digest in a dry run."""


@dataclass(frozen=True)
class Finding:
    """A vulnerability in an image; `package` is empty if ECR names none."""

    name: str
    severity: str
    package: str


@dataclass(frozen=True)
class Registry:
    """The ECR registry of an account and region. In a dry run `account` may be the placeholder `<account>`."""

    commands: Commands
    account: str
    region: str

    @property
    def host(self) -> str:
        """Host name of the registry, with which image names begin."""
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"

    def log_in(self) -> None:
        """Log docker in to the registry, for twelve hours."""
        self.commands.pipe(
            ["aws", "ecr", "get-login-password", "--region", self.region],
            ["docker", "login", "--username", "AWS", "--password-stdin", self.host],
        )

    def digest(self, repository: str, tag: str) -> str:
        """Return the digest of the image with the tag; empty if there is none."""
        words = ("aws", "ecr", "describe-images", "--region", self.region, "--repository-name", repository)
        try:
            answer = self.commands.json_output(
                *words, "--image-ids", f"imageTag={tag}", "--output", "json", substitute={"imageDetails": []}
            )
        except CommandError as error:
            if "ImageNotFoundException" in str(error):
                return ""
            raise
        return next((str(each["imageDigest"]) for each in answer["imageDetails"]), "")

    def platforms(self, repository: str, digest: str) -> list[str]:
        """Return the digests of the platform images that a digest refers to; the digest itself if it is no index."""
        name = f"{self.host}/{repository}@{digest}"
        content = self.commands.json_output("docker", "buildx", "imagetools", "inspect", "--raw", name, substitute={})
        manifests: Sequence[Mapping[str, Any]] = content.get("manifests") or ()
        # Additions of the build, such as attestations, have an unknown platform: they are neither run nor scanned.
        known = [each for each in manifests if each.get("platform", {}).get("os") != "unknown"]
        return [str(each["digest"]) for each in known] or [digest]

    def findings(self, repository: str, digest: str) -> Iterator[Finding]:
        """Wait for the scan of an image and yield its findings.

        Raises:
            CommandError: The image was not scanned, or not within `SCAN_SECONDS`.
        """
        deadline = time.monotonic() + SCAN_SECONDS
        while (answer := self._scan(repository, digest)) is None:
            if time.monotonic() > deadline:
                raise CommandError(f"{repository}@{digest}: no scan within {SCAN_SECONDS} seconds")
            time.sleep(_PAUSE)
        for each in answer.get("findings") or ():
            attributes = {pair["key"]: pair.get("value", "") for pair in each.get("attributes") or ()}
            yield Finding(each["name"], each["severity"], attributes.get("package_name", ""))
        for each in answer.get("enhancedFindings") or ():
            details: Mapping[str, Any] = each.get("packageVulnerabilityDetails") or {}
            packages = ", ".join(str(package["name"]) for package in details.get("vulnerablePackages") or ())
            yield Finding(details.get("vulnerabilityId") or each["title"], each["severity"], packages)

    def _scan(self, repository: str, digest: str) -> Mapping[str, Any] | None:
        """Return the findings; None while the scan is pending or in progress."""
        words = ("aws", "ecr", "describe-image-scan-findings", "--region", self.region)
        try:
            answer = self.commands.json_output(
                *words, "--repository-name", repository, "--image-id", f"imageDigest={digest}", "--output", "json",
                substitute={"imageScanStatus": {"status": "COMPLETE"}},
            )  # fmt: skip
        except CommandError as error:
            if "ScanNotFoundException" in str(error):
                return None
            raise
        status = answer["imageScanStatus"]
        if status["status"] in _SCANNING:
            return None
        if status["status"] not in _SCANNED:
            raise CommandError(
                f"{repository}@{digest} was not scanned: {status['status']}, {status.get('description', '')}"
            )
        return answer.get("imageScanFindings") or {}


def blocking(findings: Sequence[Finding], threshold: str, accepted: Collection[str] = ()) -> list[Finding]:
    """Return the findings of at least the threshold's severity that are not accepted by name, most severe first."""
    severe = SEVERITIES[: SEVERITIES.index(threshold) + 1]
    found = (each for each in findings if each.severity in severe and each.name not in accepted)
    return sorted(found, key=lambda each: SEVERITIES.index(each.severity))
