"""The commands `up`, `preview`, `destroy` and `repair`."""

from typing import Annotated

import typer

_Stack = Annotated[str, typer.Option(help="The stack: dev, staging or prod.")]
_Create = Annotated[bool, typer.Option("--create", help="Create the stack in Pulumi's backend if it is not there.")]
_Refresh = Annotated[bool, typer.Option("--refresh", help="First compare Pulumi's state with what is really there.")]


def up(stack: _Stack = "dev", create: _Create = False, refresh: _Refresh = False) -> None:
    """Deploy the stack: preview it with the policies, update it, and print its outputs.

    A policy that is violated stops it before the first change. Without `--refresh` Pulumi compares with its own record
    of the last deployment, and does not notice what somebody deleted or changed since.
    """
    from ops.deploy import operations

    raise typer.Exit(operations.up(stack, create, refresh))


def preview(stack: _Stack = "dev", create: _Create = False, refresh: _Refresh = False) -> None:
    """List what an update would change, and the policies that it violates."""
    from ops.deploy import operations

    raise typer.Exit(operations.preview(stack, create, refresh))


def repair(stack: _Stack = "dev") -> None:
    """Put back what differs from the last deployment, and list it.

    Whatever the stack's files have since changed is deployed with it.
    """
    from ops.deploy import operations

    raise typer.Exit(operations.repair(stack))


def destroy(stack: _Stack = "dev", refresh: _Refresh = False) -> None:
    """Delete everything that the stack has. What is protected stops it before the first deletion."""
    from ops.deploy import operations

    raise typer.Exit(operations.destroy(stack, refresh))
