"""The command `images`: builds, pushes, scans and records the images of a stack's services."""

from typing import Annotated

import typer

from ops.images import ALL

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Build, push, scan and record the images of a stack's services."
)

Services = Annotated[str, typer.Argument(help="`all`, or a service's name, or the first part of it, such as backend.")]
Stack = Annotated[str, typer.Option(help="The stack: dev, staging or prod.")]
Tag = Annotated[str, typer.Option(help="Tag of the images. Default: the commit of the source.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the commands without running them.")]


@app.command(short_help="Build the images without pushing them.")
def build(services: Services = ALL, stack: Stack = "dev", tag: Tag = "", dry_run: DryRun = False) -> None:
    """Build the images without pushing them."""
    from ops.images import tasks

    with tasks.reporting_errors():
        tasks.build(services, stack, tag, dry_run)


@app.command(short_help="Build and push the images.")
def push(services: Services = ALL, stack: Stack = "dev", tag: Tag = "", dry_run: DryRun = False) -> None:
    """Build the images, and push them with the tags `<commit>` and `<stack>-latest`."""
    from ops.images import tasks

    with tasks.reporting_errors():
        tasks.push(services, stack, tag, dry_run)


@app.command(short_help="Push the images and record their digests in the stack file.")
def deploy(services: Services = ALL, stack: Stack = "dev", tag: Tag = "", dry_run: DryRun = False) -> None:
    """Push the images, wait for their scans, and write their digests into the stack file.

    The next `pulumi up` deploys them. If a scan has a finding of the severity `openmarket:images.refuseFindings` or
    higher that is not accepted, the command fails and changes no file. Before it changes the file, it copies what an
    image has in `.next/static` into the assets bucket, where nothing is deleted. Needs in AWS: pushing to ECR and
    reading of its scans; for such files tag:GetResources, s3:ListBucket, s3:PutObject, kms:GenerateDataKey and
    kms:Decrypt.
    """
    from ops.images import tasks

    with tasks.reporting_errors():
        tasks.deploy(services, stack, tag, dry_run)


@app.command(short_help="Copy images from one stack to another.")
def promote(
    source: Annotated[str, typer.Option("--from", help="The stack to copy images from.")],
    target: Annotated[str, typer.Option("--to", help="The stack to copy images to.")],
    services: Services = ALL,
    dry_run: DryRun = False,
) -> None:
    """Copy the images that one stack runs into another stack's repositories, and record the same digests there.

    `all` stands for the services that both stacks have. What an image has in `.next/static` is copied into the assets
    bucket of the other stack first. Needs in AWS the same as `deploy`.
    """
    from ops.images import tasks

    with tasks.reporting_errors():
        tasks.promote(source, target, services, dry_run)
