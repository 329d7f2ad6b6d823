"""Defines the command `timeline`."""

from pathlib import Path
from typing import Annotated

import typer


def timeline(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    destroy: Annotated[
        bool, typer.Option("--destroy", help="Show the last `destroy` instead of the last `up`.")
    ] = False,
    projected: Annotated[
        bool,
        typer.Option(
            "--projected", help="Show how long it takes on AWS from nothing, by durations that are known of AWS."
        ),
    ] = False,
    preview_file: Annotated[
        Path | None,
        typer.Option("--preview", help="With --projected: a preview with the resources. Default: the deployed stack."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The picture's file. Default: .emulator/timelines/<stack>-<operation>.svg.")
    ] = None,
) -> None:
    """Show how long each resource took, which chain of resources decided the total, and what would shorten it."""
    from ops.timeline import showing

    showing.show(stack, "destroy" if destroy else "up", projected, preview_file, out)
