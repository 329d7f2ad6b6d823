"""Prints what the doctor found, as text or JSON, and answers the exit code."""

import json
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from analysis.stack_file import BadStack
from ops.aws import AwsError
from ops.doctor import before as first_deployment
from ops.doctor import looking
from ops.doctor.commands import Commands
from ops.doctor.finding import Diagnosis, Finding, Harm, diagnoses
from ops.doctor.reading import CannotLook, read
from ops.doctor.snapshot import Snapshot
from ops.errors import NotDeployed

FINE, WRONG, CANNOT_LOOK = 0, 1, 2
_COLOURS = {Harm.DOWN: "bold red", Harm.DEGRADED: "bold yellow", Harm.BLOCKED: "bold blue", Harm.LATER: "bold"}
_INDENT = 10


def show(stack: str, as_json: bool) -> int:
    """Look at the stack, print what is wrong, and return the exit code.

    Raises:
        NotDeployed: The stack is not deployed, and the answer is no JSON.
    """
    try:
        snapshot = read(stack)
    except CannotLook as error:
        return _cannot(stack, as_json, error)
    except NotDeployed as error:
        if not as_json:
            raise
        return _cannot(stack, as_json, error)
    commands = Commands(stack, region=snapshot.region)
    found = looking.look(snapshot)
    return _shown(looking.verdict(snapshot, found, commands), snapshot, found, commands, as_json)


def before(stack: str, as_json: bool) -> int:
    """Look for what a first deployment would run into, print it, and return the exit code."""
    try:
        prospect = first_deployment.read(stack)
    except (BadStack, AwsError) as error:
        return _cannot(stack, as_json, error)
    found = diagnoses(first_deployment.find(prospect))
    snapshot = Snapshot(stack, prospect.region, datetime.now(UTC), unread=prospect.unread)
    commands = Commands(stack, region=prospect.region)
    seen = "Nothing that could be seen" if prospect.unread else "Nothing in AWS"
    verdict = f"{seen} stands in the way of deploying {stack}"
    if found:
        later = all(each.harm is Harm.LATER for each in found)
        verdict = (
            f"{stack} can be deployed, but it cannot grow as it should" if later else f"{stack} cannot be deployed yet"
        )
    if prospect.deployed:
        beside = (
            f"{seen} would stand in the way of deploying it"
            if not found
            else "What its file asks for has this in its way"
        )
        verdict = (
            f"{stack} is deployed already, and `{commands.ops(f'doctor --stack {stack}')}` says how it is. {beside}"
        )
    return _shown(verdict, snapshot, found, commands, as_json)


def _cannot(stack: str, as_json: bool, error: Exception) -> int:
    if as_json:
        print(json.dumps({"stack": stack, "error": str(error)}, indent=2))
    else:
        Console(stderr=True, soft_wrap=True, highlight=False).print(Text(f"Cannot look at {stack}: {error}"))
    return CANNOT_LOOK


def _shown(verdict: str, snapshot: Snapshot, found: list[Diagnosis], commands: Commands, as_json: bool) -> int:
    if as_json:
        print(json.dumps(document(verdict, snapshot, found, commands), indent=2))
    else:
        text(Console(soft_wrap=True, highlight=False), verdict, snapshot, found, commands)
    return WRONG if found else CANNOT_LOOK if snapshot.unread else FINE


def text(console: Console, verdict: str, snapshot: Snapshot, found: list[Diagnosis], commands: Commands) -> None:
    """Print the verdict, then each cause with its evidence, its consequences and the next command."""
    colour = _COLOURS[found[0].harm] if found else "bold green"
    console.print(Text(f"{verdict}.", style=colour))
    for each in found:
        words = each.root.cause.words(commands)
        console.print()
        label = Text(f"{each.harm.name:<{_INDENT}}", style=_COLOURS[each.harm])
        console.print(label + Text(words.what, style="bold"))
        for line in words.why:
            _line(console, "", line)
        for consequence in each.consequences:
            follows = consequence.cause.words(commands)
            _line(console, "so", follows.what)
            for line in follows.why:
                _line(console, "", line, "dim")
        if words.first:
            _line(console, "first", words.first)
        _line(console, "next", words.next, "bold cyan", f"  # {words.note}" if words.note else "")
    for line in snapshot.unread:
        console.print()
        _line(console, "not seen", line)


def _line(console: Console, label: str, line: str, style: str = "", note: str = "") -> None:
    console.print(Text(f"{label:>{_INDENT - 2}}  ", style="dim") + Text(line, style=style) + Text(note, style="dim"))


def document(verdict: str, snapshot: Snapshot, found: list[Diagnosis], commands: Commands) -> dict[str, Any]:
    """Return everything as data for JSON."""
    return {
        "stack": snapshot.stack,
        "at": snapshot.now.isoformat(timespec="seconds"),
        "verdict": verdict,
        "harm": found[0].harm.name.lower() if found else "none",
        "findings": [
            {**_finding(each.root, commands), "harm": each.harm.name.lower(),
             "consequences": [_finding(one, commands) for one in each.consequences]}
            for each in found
        ],
        "unread": list(snapshot.unread),
    }  # fmt: skip


def _finding(finding: Finding, commands: Commands) -> dict[str, Any]:
    words, cause = finding.cause.words(commands), finding.cause
    data = asdict(cause) if is_dataclass(cause) and not isinstance(cause, type) else {}
    return {
        "kind": type(cause).__name__,
        "harm": finding.harm.name.lower(),
        "object": finding.about._asdict(),
        "what": words.what,
        "why": list(words.why),
        "first": words.first,
        "note": words.note,
        "next": words.next,
        "data": data,
    }
