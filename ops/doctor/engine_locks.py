"""Says who holds a stack's lock in Pulumi's backend, where it is a folder or a bucket."""

from typing import Any

from ops import aws
from ops.locks import Bucket, Folder, UnknownLocks, parsed, place

_ANY_REGION = "us-east-1"
"""S3 lists a bucket of another region too, by its global endpoint."""


def locks(stack: str) -> tuple[str, ...]:
    """Return a line for each lock of the stack; none for Pulumi Cloud, and for a backend that cannot be read."""
    try:
        found = place(stack)
    except (UnknownLocks, ValueError, KeyError, TypeError):
        return ()
    return tuple(_line(text) for text in found.texts()) if isinstance(found, Folder) else _in_bucket(found)


def _in_bucket(bucket: Bucket) -> tuple[str, ...]:
    """Return since when there are locks: whoever may only list the bucket knows no more."""
    words = ("s3api", "list-objects-v2", "--bucket", bucket.name, "--prefix", bucket.prefix)
    try:
        answer = aws.ask(_ANY_REGION, *words)
    except aws.AwsError:
        return ()
    listed: list[dict[str, Any]] = answer.get("Contents") or []
    return tuple(f"since {each['LastModified']}" for each in listed if str(each["Key"]).startswith(bucket.prefix))


def _line(text: str) -> str:
    """Return who holds a lock and since when, such as `ann@laptop since 2026-11-26T05:00:00 (pid 4711)`."""
    try:
        lock = parsed(text)
    except (ValueError, KeyError, TypeError):
        return "by an operation that begins"
    return f"{lock.user}@{lock.host} since {lock.since.isoformat()[:19]} (pid {lock.process})"
