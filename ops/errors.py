"""How a command ends that cannot do its work."""

from typing import NoReturn

import typer


def fail(message: str) -> NoReturn:
    """Say it on stderr, without a traceback, and end with exit code 1."""
    typer.secho(f"Error: {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(1)
