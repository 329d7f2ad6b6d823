"""`cost`: what a month of a stack costs."""

from pathlib import Path
from typing import Annotated

import typer


def cost(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    preview_file: Annotated[
        Path | None,
        typer.Option("--preview", help="What `pulumi preview --json --show-sames` wrote: the stack as it would be."),
    ] = None,
    state_file: Annotated[
        Path | None,
        typer.Option("--state", help="What `pulumi stack export` wrote. Without both, the command runs it."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Another preview or state to compare with. A preview without it is compared with today."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate what a month of a stack costs, by AWS service and by component.

    Quantities that depend on traffic are those of the stack file's openmarket:cost.usage.
    """
    from ops.cost import bill

    bill.show(stack, preview_file, state_file, against, as_json)
