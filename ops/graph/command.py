"""The command `graph`: draws a stack."""

from pathlib import Path
from typing import Annotated

import typer


def graph(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    change: Annotated[
        Path | None,
        typer.Option(help="A preview of `plan` or of `pulumi preview --json --show-sames`: colours what it changes."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "--out", help="The picture's file. Default: .emulator/graphs/<stack>.svg."),
    ] = None,
) -> None:
    """Draw a stack as an SVG picture: its parts, the connections between them, and their permissions in AWS.

    It shows what the last deployment made, from Pulumi's state, or with --change what a preview would make of it.
    Needs in AWS: reading of Pulumi's state, unless --change is given.
    """
    from ops.graph.picture import written
    from ops.operate import shop

    with shop.reporting_errors():
        print(written(stack, change, out))
