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
class Folder:
    """A folder with the locks of a stack, which need not exist."""

    path: Path

    def texts(self) -> Iterator[str]:
        """Yield what is in the locks."""
        for file in sorted(self.path.glob("*.json")):
            yield file.read_text()


@dataclass(frozen=True)
class Bucket:
    """A bucket of S3 with the locks of a stack, whose keys begin with the prefix. `region` is None if not known."""

    name: str
    prefix: str
    region: str | None


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


def place(stack: str) -> Folder | Bucket:
    """Return where the locks of the stack are.

    Raises:
        UnknownLocks: The backend is another one than a folder or a bucket of S3, or the engine does not name it.
    """
    done = engine.quiet("whoami", "--json", "--verbose", "--non-interactive")
    if done.returncode:
        raise UnknownLocks(done.stderr.strip().removeprefix("error: "))
    url = urlsplit(str(json.loads(done.stdout)["url"]))
    match url.scheme:
        case "file":
            return Folder(Path(unquote(url.netloc + url.path)) / _FOLDER / stack)
        case "s3":
            prefix = "/".join(filter(None, (url.path.strip("/"), _FOLDER, stack)))
            return Bucket(url.netloc, f"{prefix}/", parse_qs(url.query).get("region", [None])[0])
        case _:
            raise UnknownLocks(f"only a folder or an S3 bucket can be looked into, and the state is at {url.scheme}://")


def locks(stack: str) -> Sequence[Lock]:
    """Return the stack's locks.

    Raises:
        UnknownLocks: As `place`, or the bucket does not answer.
    """
    found = place(stack)
    texts = found.texts() if isinstance(found, Folder) else _in_bucket(found)
    return [parsed(text) for text in texts]


def parsed(text: str) -> Lock:
    """Read a lock.

    Raises:
        ValueError, KeyError, TypeError: It is none, or not written to its end yet.
    """
    found = json.loads(text)
    since = datetime.fromisoformat(found["timestamp"])
    return Lock(str(found["username"]), str(found["hostname"]), int(found["pid"]), since)


def _in_bucket(bucket: Bucket) -> Iterator[str]:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        session: Any = boto3.Session(region_name=bucket.region)
        s3: Any = session.client("s3")
        for each in s3.list_objects_v2(Bucket=bucket.name, Prefix=bucket.prefix).get("Contents") or ():
            if each["Key"].endswith(".json"):
                yield s3.get_object(Bucket=bucket.name, Key=each["Key"])["Body"].read().decode()
    except (BotoCoreError, ClientError) as error:
        raise UnknownLocks(f"the bucket {bucket.name} does not answer: {error}") from None
