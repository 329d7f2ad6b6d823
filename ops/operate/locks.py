"""Finds who holds the lock of a stack, in the folder or the bucket that keeps Pulumi's state."""

import json
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ops.deploy import engine

_FOLDER = ".pulumi/locks/organization/openmarket"
"""Locks of the project's stacks, each in a folder of the stack's name (stackLockDir in pkg/backend/diy/lock.go of
Pulumi v3.274.1)."""


class UnknownLocks(Exception):
    """The locks cannot be looked at; the message says why."""


@dataclass(frozen=True)
class Lock:
    """A lock of a stack, as the engine writes it.

    Attributes:
        user: Who ran the engine.
        host: The machine that it ran on.
        process: The id of its process there.
        since: The time when it began.
    """

    user: str
    host: str
    process: int
    since: datetime

    @property
    def alive(self) -> bool:
        """True if it ran on this machine, and still does."""
        if not self.here:
            return False
        # Another program may have the id by now.
        words = ["ps", "-o", "comm=", "-p", str(self.process)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        return "pulumi" in done.stdout

    @property
    def here(self) -> bool:
        """True if it ran on this machine."""
        return self.host == socket.gethostname()


def locks(stack: str) -> Sequence[Lock]:
    """Return the stack's locks.

    Raises:
        UnknownLocks: The backend is another one than a folder or a bucket of S3, or it does not answer.
    """
    done = engine.quiet("whoami", "--json", "--verbose", "--non-interactive")
    if done.returncode:
        raise UnknownLocks(done.stderr.strip().removeprefix("error: "))
    url = urlsplit(str(json.loads(done.stdout)["url"]))
    match url.scheme:
        case "file":
            texts = _in_folder(Path(unquote(url.path)) / _FOLDER / stack)
        case "s3":
            prefix = "/".join(filter(None, (url.path.strip("/"), _FOLDER, stack)))
            texts = _in_bucket(url.netloc, f"{prefix}/", parse_qs(url.query).get("region", [None])[0])
        case _:
            raise UnknownLocks(f"only a folder or an S3 bucket can be looked into, and the state is at {url.scheme}://")
    return [_parsed(text) for text in texts]


def _parsed(text: str) -> Lock:
    found = json.loads(text)
    since = datetime.fromisoformat(found["timestamp"])
    return Lock(str(found["username"]), str(found["hostname"]), int(found["pid"]), since)


def _in_folder(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.json")):
        yield file.read_text()


def _in_bucket(bucket: str, prefix: str, region: str | None) -> Iterator[str]:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        session: Any = boto3.Session(region_name=region)
        s3: Any = session.client("s3")
        for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents") or ():
            if each["Key"].endswith(".json"):
                yield s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode()
    except (BotoCoreError, ClientError) as error:
        raise UnknownLocks(f"the bucket {bucket} does not answer: {error}") from None
