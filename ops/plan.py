"""`plan`: what an update of a stack would do, in a file that `comment` and `drift` read."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis import stack_file
from ops.errors import fail

if TYPE_CHECKING:
    from analysis.preview import Preview

_LAST_WORDS = "error: preview failed"
"""What every preview ends with that something stopped, a policy too."""


def plan(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    out: Annotated[Path, typer.Option(help="The folder that gets `<stack>.preview.json`.")] = Path(
        ".emulator/previews"
    ),
    refresh: Annotated[bool, typer.Option(help="Look at what is there first: the preview then shows drift.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if policies would stop the update.")] = False,
) -> None:
    """Preview an update of the stack with the policies, and write what it would do to a file.

    Broken policies are in the file, and make the command fail only if it is `--strict`. A preview that could not be
    made is in the file too, with its errors, and the command fails.
    """
    from analysis import preview

    try:
        stack_file.settings(stack)
    except stack_file.BadStack as error:
        fail(str(error))
    what = "comparing with what is really there, and previewing" if refresh else "previewing"
    print(f"{stack}: {what}", file=sys.stderr, flush=True)
    seen = _preview(stack, refresh)
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{stack}.preview.json"
    preview.write(seen, file)
    if seen.errors:
        fail("\n".join(seen.errors))
    blocked = sum(violation.level == "mandatory" for violation in seen.violations)
    print(f"{file}: {sum(1 for _ in seen.changes)} changes, {blocked} broken policies that stop them")
    if strict and blocked:
        raise typer.Exit(1)


def _preview(stack: str, refresh: bool) -> "Preview":
    from analysis import preview

    # The engine's own files hold configuration and every value: they do not outlive the command.
    with tempfile.TemporaryDirectory() as folder:
        document, events = Path(folder) / "document.json", Path(folder) / "events.json"
        command = ["pulumi", "preview", "--stack", stack, "--json", "--show-sames", "--non-interactive"]
        command += ["--event-log", str(events), "--policy-pack", "policies", *(["--refresh"] if refresh else [])]
        # Without this the engine does not know `--event-log`.
        environment = os.environ | {"PULUMI_DEBUG_COMMANDS": "1"}
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, cwd=stack_file.PROJECT, env=environment
            )
        except FileNotFoundError:
            fail("there is no `pulumi` on PATH")
        document.write_text(done.stdout)
        try:
            seen = preview.read(document, events if events.exists() else None)
        except preview.BadPreview:
            return preview.failed(stack, [_said(done.stderr or done.stdout)])
    errors = _errors(seen)
    if done.returncode and not errors and not any(found.level == "mandatory" for found in seen.violations):
        errors = [_said(done.stderr)]
    return seen.model_copy(update={"stack": stack, "errors": tuple(errors)})


def _errors(seen: "Preview") -> list[str]:
    """What went wrong, without the line that only says that something did."""
    said = (error.strip() for error in seen.errors)
    return list(dict.fromkeys(error for error in said if error and error.removeprefix("error: ") not in _LAST_WORDS))


def _said(output: str) -> str:
    lines: Iterable[str] = (line.rstrip() for line in output.splitlines() if line.strip())
    return "\n".join(lines) or "the engine gave no reason"
