"""The command `cost`: estimates what a month of a stack costs."""

from pathlib import Path
from typing import Annotated

import typer


def cost(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    preview_file: Annotated[
        Path | None,
        typer.Option(
            "--preview", help="File of `pulumi preview --json --show-sames`: estimate the stack after the change."
        ),
    ] = None,
    state_file: Annotated[
        Path | None,
        typer.Option("--state", help="File of `pulumi stack export`. Without both, the command runs the export."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            help="Another preview or state to compare with. Default for a preview: the stack before the change."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate what a month of a stack costs, by AWS service and by component.

    Quantities that depend on traffic come from openmarket:cost.usage in the stack file.
    """
    from ops.cost import bill

    bill.show(stack, preview_file, state_file, against, as_json)
