"""Defines the command `doctor`."""

from typing import Annotated

import typer


def doctor(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    before: Annotated[
        bool, typer.Option("--before", help="Look at what a first deployment needs of AWS, instead of at the stack.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Look at a stack and say what is wrong, in the order of harm: what, why, and the next command. It changes nothing.

    Exit code 0: nothing is wrong; 1: something is; 2: it could not look, or the stack is not deployed.
    """
    import traceback

    from ops.doctor import showing
    from ops.errors import NotDeployed

    try:
        code = showing.before(stack, json) if before else showing.show(stack, json)
    except NotDeployed:
        raise
    except typer.Exit:
        # What it needs is not there, and that has been printed.
        code = showing.CANNOT_LOOK
    except Exception:
        # A defect of ours is nothing that is wrong with the stack: whoever reads exit codes must not take it for that.
        traceback.print_exc()
        code = showing.CANNOT_LOOK
    raise typer.Exit(code)
