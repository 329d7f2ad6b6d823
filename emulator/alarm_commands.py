"""The commands `metric` and `messages`."""

import json
import sys
import time
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from emulator.aws import alarms, messages
from emulator.paths import SETTINGS
from emulator.store import Store


def metric(
    name: Annotated[str, typer.Argument(metavar="NAMESPACE/METRIC", help="Such as AWS/RDS/CPUUtilization.")],
    value: Annotated[float, typer.Argument(help="The value, for all of the time that alarms look at.")],
    stack: Annotated[str, typer.Option(envvar="STACK", help="The stack whose alarms see it.")] = SETTINGS.stack,
    dimension: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Without one: whatever the alarms watch.")
    ] = None,
) -> None:
    """Give a CloudWatch metric a value, and print the alarms whose state that changes."""
    namespace, _, metric_name = name.rpartition("/")
    pairs = [each.partition("=") for each in dimension or []]
    if not namespace or any(not separator for _, separator, _ in pairs):
        sys.exit("needs NAMESPACE/METRIC, such as AWS/RDS/CPUUtilization, and each --dimension as NAME=VALUE")
    dimensions = {key: each for key, _, each in pairs} or None
    try:
        changes = alarms.put(Store(), namespace, metric_name, value, dimensions, stack)
    except LookupError as error:
        sys.exit(str(error))
    for change in changes:
        print(f"{change.alarm}: {change.before} -> {change.now}. {change.reason}")
        for failure in change.failures:
            print(f"  {failure}", file=sys.stderr)
    if not changes:
        print("No alarm changes its state.")


def list_messages(
    topic: Annotated[str, typer.Argument(help="Name of an SNS topic; without it, all topics.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with the whole text of each message.")] = False,
) -> None:
    """List what SNS topics got, and to whom they passed it."""
    try:
        found = messages.received(Store(), topic)
    except LookupError as error:
        sys.exit(str(error))
    if as_json:
        print(json.dumps([asdict(each) for each in found], indent=2))
        return
    console = Console()
    for each in found:
        when = time.strftime("%H:%M:%S", time.localtime(each.time))
        console.print(f"{when}  {each.topic}  {each.subject}", markup=False, emoji=False, soft_wrap=True)
        for line in (_description(each.text), f"to {', '.join(each.receivers) or 'nobody: it has no subscriptions'}"):
            console.print(f"          {line}", markup=False, emoji=False, soft_wrap=True)
    if not found:
        console.print("No messages.")


def _description(text: str) -> str:
    """What people read of a message: an alarm's description, or the text itself."""
    try:
        return str(json.loads(text)["AlarmDescription"])
    except (ValueError, KeyError, TypeError):
        return text
