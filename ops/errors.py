"""Ends commands with an error message."""

from typing import NoReturn

import typer

NO_PULUMI = (
    "there is no `pulumi` on PATH: install the Pulumi CLI, or for the emulator put "
    "`./openmarket emulator run --stack STACK --` in front of this command"
)


def fail(message: str) -> NoReturn:
    """Print the message to stderr, without a traceback, and exit with code 1."""
    typer.secho(f"Error: {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(1)
