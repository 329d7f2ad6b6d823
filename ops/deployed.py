"""Asks the engine about a stack, and tells a stack that is not deployed from everything else that can go wrong."""

import json
import subprocess

from analysis import stack_file
from ops.deploy import engine
from ops.deploy.summary import Target
from ops.errors import NotDeployed
from ops.objects import parts
from ops.progress import asking

_UNKNOWN = "no stack named"
"""What the engine says in every command about a stack that its backend does not have (seen with Pulumi v3.274.1)."""


def not_deployed(stack: str) -> NotDeployed:
    """Return the error that says that the stack is not deployed, and what deploys it.

    Raises:
        BadStack: There is no such stack at all.
    """
    stack_file.settings(stack)
    target = Target(stack)
    first = "" if target.emulated else "docs/deploying.md has what comes before the first time, and "
    return NotDeployed(f"{stack} is not deployed {target.place}: {first}`{target.make('up')}` deploys it")


def ask(stack: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a short `pulumi` command about the stack and return what it printed, whatever its exit code.

    Raises:
        NotDeployed: The engine does not know the stack.
        BadStack: There is no such stack at all.
        typer.Exit: There is no `pulumi`.
    """
    with asking("Pulumi"):
        done = engine.quiet(*words, "--stack", stack, "--non-interactive")
    check_known(stack, done)
    return done


def check_known(stack: str, done: subprocess.CompletedProcess[str]) -> None:
    """Check the answer of the engine to a question about the stack.

    Raises:
        NotDeployed: The engine does not know the stack.
        BadStack: There is no such stack at all.
    """
    if done.returncode and _UNKNOWN in done.stderr:
        raise not_deployed(stack)


def check_resources(stack: str) -> None:
    """Check that the engine has resources of the stack: one that was never deployed, or destroyed, has none.

    Raises:
        NotDeployed: It has none.
        BadStack: There is no such stack at all.
    """
    if not has_resources(stack):
        raise not_deployed(stack)


def has_resources(stack: str) -> bool:
    """Return whether the engine has resources of the stack, or does not say.

    Raises:
        BadStack: There is no such stack at all.
    """
    try:
        done = ask(stack, "stack", "export")
    except NotDeployed:
        return False
    if done.returncode:
        return True  # what is wrong is for the command to say that is about to use them
    return bool(parts(json.loads(done.stdout or "{}"), "deployment", "resources"))
