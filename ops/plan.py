"""The command `plan`: previews an update of a stack into a file that `comment` and `drift` read."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis import stack_file
from ops.deploy.engine import environment
from ops.errors import NO_PULUMI, NotDeployed, fail

if TYPE_CHECKING:
    from analysis.preview import Preview

_FAILED = "error: preview failed"
"""Last error of every preview that fails, for whatever reason, a policy included."""


def plan(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    out: Annotated[Path, typer.Option(help="Folder for `<stack>.preview.json`.")] = Path(".emulator/previews"),
    refresh: Annotated[bool, typer.Option(help="Refresh the state first, so that the preview shows drift.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if a policy would stop the update.")] = False,
) -> None:
    """Preview an update of the stack with the policies, and write the preview to a file.

    Policy violations are in the file, and make the command fail only with `--strict`. If the preview itself fails, the
    file has its errors, and the command fails.
    """
    from analysis import preview

    try:
        stack_file.settings(stack)
    except stack_file.BadStack as error:
        fail(str(error))
    what = "comparing with what is really there, and previewing" if refresh else "previewing"
    print(f"{stack}: {what}", file=sys.stderr, flush=True)
    try:
        seen, unknown = _preview(stack, refresh), None
    except NotDeployed as error:
        # The comment of a pull request is made from the file, whatever happened.
        seen, unknown = preview.failed(stack, [str(error)]), error
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{stack}.preview.json"
    preview.write(seen, file)
    if unknown:
        raise unknown
    if seen.errors:
        fail("\n".join(seen.errors))
    blocked = sum(violation.level == "mandatory" for violation in seen.violations)
    print(f"{file}: {sum(1 for _ in seen.changes)} changes, {blocked} policy violations that stop the update")
    if strict and blocked:
        raise typer.Exit(1)


def _preview(stack: str, refresh: bool) -> "Preview":
    from analysis import preview
    from ops import deployed

    # The engine's own files hold configuration and secrets, so they are deleted when the command ends.
    with tempfile.TemporaryDirectory() as folder:
        document, events = Path(folder) / "document.json", Path(folder) / "events.json"
        command = ["pulumi", "preview", "--stack", stack, "--json", "--show-sames", "--non-interactive"]
        command += ["--event-log", str(events), "--policy-pack", "policies", *(["--refresh"] if refresh else [])]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, cwd=stack_file.PROJECT, env=environment("preview")
            )
        except FileNotFoundError:
            fail(NO_PULUMI)
        document.write_text(done.stdout)
        try:
            seen = preview.read(document, events if events.exists() else None)
        except preview.BadPreview:
            deployed.check_known(stack, done)
            return preview.failed(stack, [_output(done.stderr or done.stdout)])
    errors = _errors(seen)
    if done.returncode and not errors and not any(found.level == "mandatory" for found in seen.violations):
        errors = [_output(done.stderr)]
    return seen.model_copy(update={"stack": stack, "errors": tuple(errors)})


def _errors(seen: "Preview") -> list[str]:
    """Return the preview's errors once each, without the last one, which only says that it failed."""
    messages = (error.strip() for error in seen.errors)
    return list(dict.fromkeys(each for each in messages if each and each.removeprefix("error: ") not in _FAILED))


def _output(output: str) -> str:
    lines: Iterable[str] = (line.rstrip() for line in output.splitlines() if line.strip())
    return "\n".join(lines) or "the engine gave no reason"
