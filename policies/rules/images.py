"""Checks container images and image repositories."""

import re
from collections.abc import Iterator

from analysis.redaction import is_secret_key
from policies.resources import Resource, Stack, Values
from policies.rule import Level, Rule, StackRule, Violation
from policies.rules.pods import WORKLOADS, containers

_OWN_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/")
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_ADMINISTRATOR = re.compile(r"(?<![a-z0-9])(admin|administrator|master|root|superuser)(?![a-z0-9])", re.IGNORECASE)
_OF_A_SERVICE = "secrets-"
"""The beginning of the names of Secrets with a service's own keys. A service may well be called admin."""
_REPOSITORY = "aws:ecr/repository:Repository"


def image_exact(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each image whose tag is not an exact version."""
    for container in containers(resource):
        image = str(container.get("image", ""))
        name = image.rpartition("/")[2]
        tag = name.partition(":")[2]
        # A tag without a digit, such as stable or main, moves from version to version.
        moves = "@" in name or not any(map(str.isdigit, tag)) or tag.endswith("latest")
        if moves and not _DIGEST.search(image):
            yield Violation(
                f"the tag of image {image} is not an exact version", "an exact version as its tag, or a digest"
            )


def image_by_digest(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each image of the account's registry that is not referenced by digest."""
    for container in containers(resource):
        image = str(container.get("image", ""))
        if _OWN_REGISTRY.match(image) and not _DIGEST.search(image):
            yield Violation(f"image {image} is referenced by tag", "the digest that was tested, @sha256:...")


def credential_image_by_digest(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each container that gets a database's administrator and whose image is not exact."""
    for container in containers(resource):
        if (secret := _administrator(container)) and not _DIGEST.search(str(container.get("image", ""))):
            wrong = f"container {container.get('name')} gets {secret}, and image {container.get('image')} is no digest"
            yield Violation(wrong, "the digest that was looked at, @sha256:...")


def _administrator(container: Values) -> str:
    """Return how a container gets the credentials of a database's administrator; empty if it does not.

    The prefix of its variables says so even while the Secret's name is not known yet.
    """
    for source in container.objects("envFrom"):
        if _ADMINISTRATOR.search(str(source.get("prefix") or "")):
            return f"a Secret as {source.get('prefix')}*"
        name = str(source.inner("secretRef").get("name") or "")
        if _ADMINISTRATOR.search(name) and not name.startswith(_OF_A_SERVICE):
            return f"Secret {name}"
    for variable in container.objects("env"):
        reference = variable.inner("valueFrom", "secretKeyRef")
        key = str(reference.get("key") or "")
        if is_secret_key(key) and _ADMINISTRATOR.search(f"{variable.get('name')}-{reference.get('name')}-{key}"):
            return f"{key} of a Secret as {variable.get('name')}"
    return ""


def tags_immutable(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a repository in which a tag can be overwritten."""
    if not str(resource.props.get("imageTagMutability", "")).startswith("IMMUTABLE"):
        yield Violation("a tag can be overwritten", "imageTagMutability: IMMUTABLE")


def images_scanned(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a repository whose images are not scanned for vulnerabilities."""
    if resource.props.inner("imageScanningConfiguration").get("scanOnPush") is not True:
        yield Violation("images are not scanned", "imageScanningConfiguration.scanOnPush: true")


def images_expire(repository: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a repository without a lifecycle policy."""
    if not stack.belonging("aws:ecr/lifecyclePolicy:LifecyclePolicy", "repository", repository):
        yield Violation("images never expire", "a LifecyclePolicy", repository)


RULES = (
    Rule("image-exact", "Image tags are exact versions", (), Level.ADVISED, WORKLOADS, image_exact),
    Rule(
        "image-by-digest", "Images of the account's registry are referenced by digest", (),
        Level.PRODUCTION, WORKLOADS, image_by_digest,
    ),
    Rule(
        "credential-image-by-digest", "Images that get a database's administrator are referenced by digest", (),
        Level.ALWAYS, WORKLOADS, credential_image_by_digest,
    ),
    Rule("tags-immutable", "Image tags are immutable", ("FSBP ECR.2",), Level.ALWAYS, (_REPOSITORY,), tags_immutable),
    Rule(
        "images-scanned", "Images are scanned on push", ("FSBP ECR.1", "CIS EKS 5.1.1"),
        Level.ALWAYS, (_REPOSITORY,), images_scanned,
    ),
    StackRule("images-expire", "Old images expire", ("FSBP ECR.3",), Level.ALWAYS, (_REPOSITORY,), images_expire),
)  # fmt: skip
