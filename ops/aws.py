"""The `aws` command, of AWS or of the emulator: whichever is on PATH."""

import json
import subprocess
from typing import Any

_SECONDS = 60


class AwsError(Exception):
    """The request failed; the message is what the AWS CLI said."""


class NotFound(AwsError):
    """AWS knows no such object."""


def ask(region: str, *arguments: str) -> dict[str, Any]:
    """The answer to a request, parsed.

    Raises:
        NotFound: There is no such object.
        AwsError: There is no `aws` command, no credentials, no permission, or no answer.
    """
    try:
        done = subprocess.run(
            ["aws", "--region", region, *arguments, "--output", "json"],
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise AwsError(
            "there is no `aws` command on PATH: install the AWS CLI, or put "
            "`./openmarket emulator run --stack <stack> --` in front of this command"
        ) from None
    except subprocess.TimeoutExpired:
        raise AwsError(f"`aws {' '.join(arguments)}` did not answer within {_SECONDS} seconds") from None
    if done.returncode != 0:
        message = done.stderr.strip() or f"`aws {' '.join(arguments)}` ended with exit code {done.returncode}"
        raise (NotFound if "ResourceNotFoundException" in message else AwsError)(message)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        raise AwsError(f"`aws {' '.join(arguments)}` did not answer in JSON: {done.stdout[:200]!r}") from None
