"""Images in the simulated ECR. Nothing could run them here: they are names, digests, findings and some files.

A finding is as DescribeImageScanFindings answers it: `name`, `severity`, `attributes`.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from typing import Any

from emulator.aws.ownership import owner_key
from emulator.aws.types.ecr import IMAGE, REPOSITORY
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject, Transaction

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
"""A reference as the OCI distribution specification defines it."""


def push(store: Store, repository_name: str, tag: str) -> str:
    """Pretend that an image was built and pushed; pods that name its tag or its digest start from then on.

    Returns:
        The image's full name with its digest, which another tag makes another one.

    Raises:
        LookupError: There is no such repository.
        ValueError: Nothing can be tagged like that.
    """
    if not _TAG.fullmatch(tag):
        raise ValueError(f"tag {tag!r}: letters, digits, dots, dashes and underscores, 128 at most")
    with store.transaction() as account:
        repository = _repository(account, repository_name)
        url = repository.outputs["repositoryUrl"]
        digest = f"sha256:{hashlib.sha256(f'{url}:{tag}'.encode()).hexdigest()}"
        _put(account, repository, digest, (tag,), {})
    return f"{url}@{digest}"


def put(store: Store, repository_name: str, digest: str, tags: Sequence[str], content: Mapping[str, Any]) -> None:
    """Put an image into a repository, under tags: scans find its `findings`, and `files` are in it, in base64 by path.

    Raises:
        LookupError: There is no such repository.
        ProviderError: A tag that cannot be moved is another image's.
    """
    with store.transaction() as account:
        repository = _repository(account, repository_name)
        for tag in tags:
            known = account.get(IMAGE, f"{repository.outputs['repositoryUrl']}:{tag}")
            if known and known.outputs["digest"] != digest and _immutable(repository, tag):
                raise ProviderError(
                    f"ImageTagAlreadyExistsException: The image tag {tag!r} already exists in the {repository_name!r} "
                    "repository and cannot be overwritten because the tag is immutable."
                )
        _put(account, repository, digest, tags, content)


def found(store: Store, repository_name: str, reference: str) -> StoredObject | None:
    """The image under a tag, or under a digest with its `sha256:`.

    Raises:
        LookupError: There is no such repository.
    """
    with store.transaction() as account:
        url = _repository(account, repository_name).outputs["repositoryUrl"]
        separator = "@" if reference.startswith("sha256:") else ":"
        return account.get(IMAGE, f"{url}{separator}{reference}")


def tags(store: Store, repository_name: str, digest: str) -> list[str]:
    """The tags of an image, sorted.

    Raises:
        LookupError: There is no such repository.
    """
    with store.transaction() as account:
        begin = f"{_repository(account, repository_name).outputs['repositoryUrl']}:"
        tagged = (each for each in account.find(IMAGE) if each.id.startswith(begin))
        return sorted(each.id.removeprefix(begin) for each in tagged if each.outputs["digest"] == digest)


def _put(
    account: Transaction, repository: StoredObject, digest: str, tags: Sequence[str], content: Mapping[str, Any]
) -> None:
    url = repository.outputs["repositoryUrl"]
    for name in (f"{url}@{digest}", *(f"{url}:{tag}" for tag in tags)):
        outputs = {
            "repositoryName": repository.id,
            "ownedBy": owner_key(repository),
            "digest": digest,
            "findings": list(content.get("findings") or ()),
            "files": dict(content.get("files") or {}),
        }
        account.put(StoredObject(IMAGE, name, outputs=outputs))


def _repository(account: Transaction, name: str) -> StoredObject:
    repository = account.get(REPOSITORY, name)
    if repository is None:
        known = ", ".join(each.id for each in account.find(REPOSITORY)) or "none: deploy a stack first"
        raise LookupError(f"there is no repository {name}; there is {known}")
    return repository


def _immutable(repository: StoredObject, tag: str) -> bool:
    mutability = str(repository.outputs.get("imageTagMutability", "MUTABLE"))
    filters = repository.outputs.get("imageTagMutabilityExclusionFilters") or []
    excluded = any(fnmatch(tag, each["filter"]) for each in filters)
    return mutability == "IMMUTABLE" or (mutability == "IMMUTABLE_WITH_EXCLUSION" and not excluded)
