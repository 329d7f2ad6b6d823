"""Runs the `aws` command that is on PATH: the AWS CLI, or the emulator's stand-in for it."""

import json
import subprocess
from typing import Any

from ops.progress import asking

_SECONDS = 60
_ABSENT = ("ResourceNotFoundException", "NoSuchEntity", "NotFoundException")
"""How services call it when the requested object does not exist."""


class AwsError(Exception):
    """The request failed; the message is the AWS CLI's."""


class NotFound(AwsError):
    """The requested object does not exist."""


def ask(region: str, *arguments: str) -> dict[str, Any]:
    """Send a request and return its parsed response.

    Raises:
        NotFound: The requested object does not exist.
        AwsError: There is no `aws` command, no credentials, no permission, or no response within 60 seconds.
    """
    command = ["aws", "--region", region, *arguments, "--output", "json"]
    try:
        with asking("AWS"):
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except FileNotFoundError:
        raise AwsError(
            "there is no `aws` command on PATH: install the AWS CLI, or put "
            "`./openmarket emulator run --stack <stack> --` in front of this command"
        ) from None
    except subprocess.TimeoutExpired:
        raise AwsError(f"`aws {' '.join(arguments)}` gave no response within {_SECONDS} seconds") from None
    if done.returncode != 0:
        message = done.stderr.strip() or f"`aws {' '.join(arguments)}` ended with exit code {done.returncode}"
        raise (NotFound if any(each in message for each in _ABSENT) else AwsError)(message)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        raise AwsError(f"`aws {' '.join(arguments)}` did not print JSON: {done.stdout[:200]!r}") from None
