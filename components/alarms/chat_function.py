"""Posts the messages of an SNS topic to a chat. AWS Lambda runs this file by itself, with the boto3 of its runtime."""

import json
import os
import urllib.error
import urllib.request
from typing import Any, cast

import boto3

_LONGEST = 3000
"""Characters. Chats refuse messages that are too long, the strictest of them at 4,000."""
_SECONDS = 10


def handler(event: dict[str, Any], _context: object) -> None:
    """Post every message of the event.

    Raises:
        RuntimeError: It cannot be posted. Lambda tries again later, and counts an error.
    """
    address = _address()
    for record in event["Records"]:
        _post(address, text(record["Sns"].get("Subject") or "", record["Sns"]["Message"]))


def text(subject: str, message: str) -> str:
    """What people read of a message: of an alarm its state, name, meaning and reason; of others all that they say."""
    try:
        said = json.loads(message)
    except ValueError:
        said = None
    title = f"*{subject}*" if subject else ""
    lines = [title, message.strip()]
    if isinstance(said, dict):
        members = cast(dict[str, Any], said)
        lines = [title, json.dumps(members, indent=2)]  # such as of Cost Anomaly Detection
        if "AlarmName" in members:
            title = f"*{members['NewStateValue']}: {members['AlarmName']}*"
            lines = [title, members.get("AlarmDescription"), members.get("NewStateReason")]
    return "\n".join(filter(None, lines))[:_LONGEST]


def _address() -> str:
    """The webhook's address. No error has any part of the secret: errors go into the log."""
    name = os.environ["SECRET"]
    client: Any = cast(Any, boto3).client("secretsmanager")
    value = client.get_secret_value(SecretId=name)["SecretString"]
    try:
        address = str(json.loads(value)["url"])
    except (ValueError, KeyError, TypeError):
        address = ""
    if not address.startswith("https://"):
        raise RuntimeError(f'the secret {name} is not a JSON object such as {{"url": "https://..."}}')
    return address


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would become a GET without the message, and count as success."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        """Follow none: what the chat has answered is an error then."""


def _post(address: str, said: str) -> None:
    body, headers = json.dumps({"text": said}).encode(), {"Content-Type": "application/json"}
    try:
        # Only https:// comes as far as here.
        request = urllib.request.Request(address, body, headers)  # noqa: S310
        urllib.request.build_opener(_NoRedirects).open(request, timeout=_SECONDS).close()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"the chat answered {error.code} {error.reason}") from None
    except Exception as error:
        raise RuntimeError(f"the chat cannot be reached: {type(error).__name__}") from None
