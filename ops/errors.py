"""Ends commands with an error message."""

from typing import NoReturn

import typer

NO_PULUMI = (
    "there is no `pulumi` on PATH: install the Pulumi CLI, or for the emulator put "
    "`./openmarket emulator run --stack STACK --` in front of this command"
)

NOT_DEPLOYED = 2
"""The exit code of every command for a stack that is not deployed: `doctor` needs 1 for a stack that is not well."""


class NotDeployed(Exception):
    """The stack is not deployed, so there is nothing to look at or to act on. `ops.deployed` says it in a sentence.

    The command line ends every command with it alike, so nothing in between needs to catch it.
    """


def fail(message: str, code: int = 1) -> NoReturn:
    """Print the message to stderr, without a traceback, and exit with the code."""
    typer.secho(f"Error: {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(code)
