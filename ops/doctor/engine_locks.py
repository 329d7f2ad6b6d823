"""Finds out who holds a stack's lock in Pulumi's backend, where it is a folder or a bucket."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ops import aws
from ops.deploy import engine

_LOCKS = ".pulumi/locks"
"""Where Pulumi's self-managed backends keep locks: pkg/backend/diy/lock.go of pulumi/pulumi."""


def locks(stack: str) -> tuple[str, ...]:
    """Return a line for each lock of the stack; none for Pulumi Cloud, and for a backend that cannot be read."""
    done = engine.quiet("whoami", "--json", "--non-interactive")
    try:
        url = str(json.loads(done.stdout)["url"])
    except (ValueError, KeyError, TypeError):
        return ()
    parts = urlsplit(url)
    if parts.scheme == "file":
        found = sorted((Path(unquote(parts.netloc + parts.path)) / _LOCKS).rglob("*.json"))
        return tuple(_line(file.read_text()) for file in found if file.parent.name == stack)
    if parts.scheme == "s3":
        return _in_bucket(parts.netloc, parts.path.strip("/"), stack)
    return ()


def _in_bucket(bucket: str, folder: str, stack: str) -> tuple[str, ...]:
    prefix = "/".join(part for part in (folder, _LOCKS) if part)
    region = "us-east-1"  # any: S3 lists a bucket of another region too, by its global endpoint
    try:
        answer = aws.ask(region, "s3api", "list-objects-v2", "--bucket", bucket, "--prefix", f"{prefix}/")
    except aws.AwsError:
        return ()
    keys: list[dict[str, Any]] = answer.get("Contents") or []
    return tuple(f"since {each['LastModified']}" for each in keys if f"/{stack}/" in str(each["Key"]))


def _line(text: str) -> str:
    """Return who holds a lock and since when, such as `ann@laptop since 2026-11-26T05:00:00Z (pid 4711)`."""
    try:
        lock = json.loads(text)
        return f"{lock['username']}@{lock['hostname']} since {str(lock['timestamp'])[:19]} (pid {lock['pid']})"
    except (ValueError, KeyError, TypeError):
        return "by an operation that begins"
