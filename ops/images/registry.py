"""ECR, by the `aws` and `docker` commands."""

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
"""Of basic scanning, and of enhanced scanning, which goes on for as long as the image is there."""

DIGEST = "<digest>"
"""Stands for one in a rehearsal."""


@dataclass(frozen=True)
class Finding:
    """A vulnerability in an image."""

    name: str
    severity: str
    package: str


@dataclass(frozen=True)
class Registry:
    """An account's ECR in a region. In a rehearsal the account's id is a placeholder, unless the stack file has it."""

    commands: Commands
    account: str
    region: str

    @property
    def host(self) -> str:
        """Its name in the names of images."""
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"

    def log_in(self) -> None:
        """Let docker push and pull for twelve hours."""
        self.commands.pipe(
            ["aws", "ecr", "get-login-password", "--region", self.region],
            ["docker", "login", "--username", "AWS", "--password-stdin", self.host],
        )

    def digest(self, repository: str, tag: str) -> str:
        """The digest of what was pushed with that tag; empty if nothing was."""
        words = ("aws", "ecr", "describe-images", "--region", self.region, "--repository-name", repository)
        try:
            answer = self.commands.ask_json(
                *words, "--image-ids", f"imageTag={tag}", "--output", "json", rehearsed={"imageDetails": []}
            )
        except CommandError as error:
            if "ImageNotFoundException" in str(error):
                return ""
            raise
        return next((str(each["imageDigest"]) for each in answer["imageDetails"]), "")

    def platforms(self, repository: str, digest: str) -> list[str]:
        """The digests of the images behind a digest: one for each platform, or just that one."""
        name = f"{self.host}/{repository}@{digest}"
        content = self.commands.ask_json("docker", "buildx", "imagetools", "inspect", "--raw", name, rehearsed={})
        manifests: Sequence[Mapping[str, Any]] = content.get("manifests") or ()
        # What a build adds, such as attestations, is of an unknown platform: nothing runs it, ECR does not scan it.
        known = [each for each in manifests if each.get("platform", {}).get("os") != "unknown"]
        return [str(each["digest"]) for each in known] or [digest]

    def findings(self, repository: str, digest: str) -> Iterator[Finding]:
        """Yield what ECR found in an image, after waiting for the scan.

        Raises:
            CommandError: The image was not scanned, or not in time.
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
        """The findings; None while the scan goes on or has not begun."""
        words = ("aws", "ecr", "describe-image-scan-findings", "--region", self.region)
        try:
            answer = self.commands.ask_json(
                *words, "--repository-name", repository, "--image-id", f"imageDigest={digest}", "--output", "json",
                rehearsed={"imageScanStatus": {"status": "COMPLETE"}},
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


def refused(findings: Sequence[Finding], threshold: str, accepted: Collection[str] = ()) -> list[Finding]:
    """Those that are as severe as the threshold, or more, and not accepted by name; the worst first."""
    worst = SEVERITIES[: SEVERITIES.index(threshold) + 1]
    found = (each for each in findings if each.severity in worst and each.name not in accepted)
    return sorted(found, key=lambda each: SEVERITIES.index(each.severity))
