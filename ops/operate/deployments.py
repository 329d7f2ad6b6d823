"""Reads who deployed what, when and how it ended, from Pulumi's own history of a stack."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from analysis import stack_file
from ops import deployed

SUCCEEDED = "succeeded"
UPDATE, DESTROY = "update", "destroy"


class BadHistory(Exception):
    """The history cannot be read; the message is the engine's."""


@dataclass(frozen=True)
class Deployment:
    """An operation that changed a stack, or tried to.

    Attributes:
        number: The number by which people name it: 1 is the oldest that the history has.
        kind: `update`, `refresh`, `destroy`, `import` or another word of the engine.
        started: Its begin.
        seconds: Seconds that it took; None if it did not end.
        result: `succeeded`, `failed` or `in-progress`, which an operation that was killed stays.
        commit: The commit that was checked out, in full; empty if there was none.
        dirty: True if files differed from the commit.
        branch: The branch or tag that was checked out.
        message: The subject of the commit, or which of these commands it was and who ran it.
        author: The author of the commit. Whoever ran the operation is not in a history that is kept in a bucket.
        run: URL of the workflow's run; empty if a person ran it.
        changes: Number of resources by operation, such as `create`.
        images: The image of each service; empty for a placeholder.
    """

    number: int
    kind: str
    started: datetime
    seconds: float | None
    result: str
    commit: str
    dirty: bool
    branch: str
    message: str
    author: str
    run: str
    changes: Mapping[str, int]
    images: Mapping[str, str]

    @property
    def deployed(self) -> bool:
        """True if it brought the stack to its configuration."""
        return self.kind == UPDATE and self.result == SUCCEEDED

    @property
    def revision(self) -> str:
        """The commit in short, with a star if files differed from it; empty without one."""
        return f"{self.commit[:8]}{'*' if self.dirty else ''}" if self.commit else ""


@dataclass(frozen=True)
class Release:
    """An image of a service, from the first deployment that had it to the last one in a row."""

    image: str
    first: Deployment
    last: Deployment


def deployments(stack: str) -> Sequence[Deployment]:
    """Return the operations of the stack, the newest first.

    Raises:
        BadStack: There is no such stack.
        NotDeployed: The engine does not know the stack.
        BadHistory: The engine's backend does not answer.
    """
    stack_file.settings(stack)
    # A page of size 0 has everything.
    done = deployed.ask(stack, "stack", "history", "--json", "--full-dates", "--page-size", "0")
    if done.returncode:
        said = done.stderr.strip().removeprefix("error: ")
        raise BadHistory(f"the history of stack {stack!r} cannot be read: {said or 'pulumi gave no reason'}")
    try:
        return list(parsed(json.loads(done.stdout or "[]") or []))
    except (ValueError, KeyError, TypeError) as error:
        raise BadHistory(f"`pulumi stack history --json` of {stack!r} is not what it was: {error!r}") from None


def parsed(listed: Sequence[Mapping[str, Any]]) -> Iterator[Deployment]:
    """Yield the operations of the engine's list, in its order: the newest first."""
    for index, each in enumerate(listed):
        told = cast(Mapping[str, str], each.get("environment") or {})
        started = datetime.fromisoformat(each["startTime"])
        ended = datetime.fromisoformat(each["endTime"]) if each.get("endTime") else None
        yield Deployment(
            # A backend in a bucket has no numbers of its own.
            number=each.get("version") or len(listed) - index,
            kind=str(each.get("kind", "")),
            started=started,
            seconds=(ended - started).total_seconds() if ended else None,
            result=str(each.get("result", "")),
            commit=told.get("git.head", ""),
            dirty=told.get("git.dirty") == "true",
            branch=told.get("git.headName", "").removeprefix("refs/heads/").removeprefix("refs/tags/"),
            message=(str(each.get("message") or "").splitlines() or [""])[0],
            author=told.get("git.author", ""),
            run=told.get("ci.build.url", ""),
            changes=cast(Mapping[str, int], each.get("resourceChanges") or {}),
            images=dict(_images(each.get("config") or {})),
        )


def releases(listed: Sequence[Deployment], service: str) -> list[Release]:
    """Return the images that the service ran, the newest first.

    An image that comes back later is a release again, and so is one that is deployed after a `destroy`.
    """
    found: list[Release] = []
    in_a_row = False
    for each in listed:
        image = each.images.get(service)
        if each.kind == DESTROY:
            in_a_row = False
        if not each.deployed or image is None:
            continue
        if in_a_row and found[-1].image == image:
            found[-1] = Release(image, each, found[-1].last)
        else:
            found.append(Release(image, each, each))
        in_a_row = True
    return found


def _images(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    entry = cast(Mapping[str, Any], config.get(stack_file.SERVICES) or {})
    services = entry.get("objectValue")
    if isinstance(services, Mapping):
        stanzas = cast(Mapping[str, Mapping[str, Any]], services)
        for name, stanza in stanzas.items():
            owner = stanzas.get(str(stanza.get("imageOf"))) or stanza
            yield name, str(owner.get("image") or "")
