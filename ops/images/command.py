"""`images`: build, push, scan and record the images of a stack's services."""

from typing import Annotated

import typer

from ops.images import ALL

app = typer.Typer(no_args_is_help=True, help="Build, push, scan and record the images of a stack's services.")

Services = Annotated[str, typer.Argument(help="all, a service's name, or its first part, such as backend.")]
Stack = Annotated[str, typer.Option(help="The stack: dev, staging or prod.")]
Tag = Annotated[str, typer.Option(help="The image's tag. Default: the commit of the source.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show every command, and run none.")]


@app.command()
def build(services: Services = ALL, stack: Stack = "dev", tag: Tag = "", dry_run: DryRun = False) -> None:
    """Build the images, without pushing them."""
    from ops.images import tasks

    with tasks.explained():
        tasks.build(services, stack, tag, dry_run)


@app.command()
def push(services: Services = ALL, stack: Stack = "dev", tag: Tag = "", dry_run: DryRun = False) -> None:
    """Build the images and push them, as the commit and as `<stack>-latest`."""
    from ops.images import tasks

    with tasks.explained():
        tasks.push(services, stack, tag, dry_run)


@app.command()
def deploy(services: Services = ALL, stack: Stack = "dev", tag: Tag = "", dry_run: DryRun = False) -> None:
    """Push the images, wait for their scans, and write their digests into the stack's file.

    A finding as severe as `openmarket:images.refuseFindings` stops it: then no file is changed. The next `pulumi up`
    rolls the images out.
    """
    from ops.images import tasks

    with tasks.explained():
        tasks.deploy(services, stack, tag, dry_run)


@app.command()
def promote(
    source: Annotated[str, typer.Option("--from", help="The stack whose images are taken.")],
    target: Annotated[str, typer.Option("--to", help="The stack that gets them.")],
    services: Services = ALL,
    dry_run: DryRun = False,
) -> None:
    """Let a stack run what another one runs: the same digests, copied into its own repositories.

    `all` are the services that both stacks have.
    """
    from ops.images import tasks

    with tasks.explained():
        tasks.promote(source, target, services, dry_run)
