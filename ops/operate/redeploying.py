"""Changes the stack file, shows what that would change, and deploys it after an answer."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import typer

from analysis import stack_file
from ops.caller import Caller
from ops.deploy import operations, summary
from ops.deploy.operations import POLICIES, Operation
from ops.deploy.summary import Target
from ops.deployed import check_resources
from ops.operate.acting import Act, Consent, NotDone
from ops.operate.status_view import short
from ops.stack_editing import file_of, set_values


class Edit:
    """A change of the stack file, which is taken back unless it is kept."""

    kept = False


def set_in_stanza(
    stack: str, service: str, values: Mapping[str, str | int], command: str, lines: Sequence[str], consent: Consent
) -> None:
    """Set values of a service in the stack file, and deploy them; `lines` say in sentences what that is.

    Whatever else the stack file and the program changed since the last deployment is deployed with it: the preview,
    which `--yes` leaves to the deployment itself, lists it.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        BadStack: The values are invalid; the message lists every problem.
    """
    where = (stack_file.SERVICES, service)
    with edited(stack, where, values, lambda: stack_file.service(stack, service)) as edit:
        file = file_of(stack).name
        changes = ", ".join(f"{key} {short(str(value))}" for key, value in values.items())
        said = [*lines, f"sets {changes} of {service} in {file}, and deploys it with whatever else waits there"]

        def do(who: Caller) -> str:
            deployed(stack, f"{file} keeps the change until you take it back", command, who)
            return f"{service} is deployed with {changes}. Commit {file}, or a deployment from elsewhere takes it back."

        perform(edit, Act(stack, command, said), consent, do)


def perform(edit: Edit, act: Act, consent: Consent, do: Callable[[Caller], str], preview: bool = True) -> None:
    """Show what the change of the stack file will do, with a preview unless nobody is asked, and do it after an answer.

    What is declined leaves the file as it was; once it has begun, the file keeps the change.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
    """
    if preview and not consent.yes:
        act = replace(act, lines=[*act.lines, *with_it(act.stack)])

    def keeping(who: Caller) -> str:
        edit.kept = True
        return do(who)

    act.perform(consent, keeping)


def with_it(stack: str, further: Sequence[str] = ()) -> list[str]:
    """Return the lines about what else a deployment changes, after a preview.

    Raises:
        typer.Exit: As `previewed`.
    """
    return ["changes with it:", *previewed(stack, further)]


def previewed(stack: str, further: Sequence[str] = ()) -> list[str]:
    """Return the lines of what a deployment would change, after a preview with the policies.

    Raises:
        typer.Exit: The preview failed, and the reason has been printed.
    """
    operation = Operation(stack, "preview", "previewing", ("--diff", *POLICIES, *further))
    operation.select(create=False)
    if operation.run():
        raise typer.Exit(operation.failed("preview"))
    return list(summary.changes(operation.now.changes.values())) or ["  nothing"]


def deployed(stack: str, otherwise: str, command: str, who: Caller, further: Sequence[str] = ()) -> None:
    """Deploy the stack, and have the history say by which command, and who ran it.

    Raises:
        NotDone: It failed, and the reason has been printed; the message says `otherwise` as the way back.
    """
    words = ("--message", f"{command}, by {who.arn}", *further)
    if code := operations.up(stack, create=False, refresh=False, further=words):
        make = Target(stack).make("up")
        raise NotDone(f"the deployment ended with exit code {code}. `{make}` goes on from there; {otherwise}")


@contextmanager
def edited(stack: str, where: Sequence[str], values: Mapping[str, Any], check: Callable[[], object]) -> Generator[Edit]:
    """Change values of a mapping of a deployed stack's file, check them, and take the change back unless it is kept.

    Raises:
        NotDeployed: The stack is not deployed.
        BadStack: The values are invalid; the message lists every problem.
    """
    check_resources(stack)
    with changed(stack, where, values, check) as edit:
        yield edit


@contextmanager
def changed(
    stack: str, where: Sequence[str], values: Mapping[str, Any], check: Callable[[], object]
) -> Generator[Edit]:
    """Change values of a mapping of the stack file, check them, and take the change back unless it is kept.

    Raises:
        BadStack: The values are invalid; the message lists every problem.
    """
    file, edit = file_of(stack), Edit()
    before = file.read_text()
    try:
        set_values(stack, where, values)
        check()
        yield edit
    finally:
        if not edit.kept:
            file.write_text(before)
