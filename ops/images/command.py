"""`images`: build, push, scan and record the images of a stack's services."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from analysis import stack_file
from components.config.data import ImagesConfig, Severity
from ops import aws
from ops.errors import fail
from ops.images import record
from ops.images.commands import CommandError, Commands
from ops.images.registry import Registry
from ops.images.releases import RefusedImage, Releases, check_tag
from ops.images.services import ALL, BadService, Service, chosen, pairs, platforms

app = typer.Typer(no_args_is_help=True, help="Build, push, scan and record the images of a stack's services.")

Services = Annotated[str, typer.Argument(help="all, a service's name, or its first part, such as backend.")]
Stack = Annotated[str, typer.Option(help="The stack: dev, staging or prod.")]
Tag = Annotated[str, typer.Option(help="The image's tag. Default: the commit of the source.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show every command, and run none.")]


@app.command()
def build(services: Services = ALL, stack: Stack = "dev", tag: Tag = "", dry_run: DryRun = False) -> None:
    """Build the images, without pushing them."""
    with _explained():
        wanted = _wanted(stack, services, tag)
        releases = _releases(stack, dry_run)
        for service in wanted:
            releases.build(service, tag or releases.tag(service))


@app.command()
def push(services: Services = ALL, stack: Stack = "dev", tag: Tag = "", dry_run: DryRun = False) -> None:
    """Build the images and push them, as the commit and as `<stack>-latest`."""
    with _explained():
        wanted = _wanted(stack, services, tag)
        releases = _releases(stack, dry_run)
        releases.registry.log_in()
        for service in wanted:
            digest = releases.push(service, tag or releases.tag(service))
            print(releases.name(service, digest))


@app.command()
def deploy(services: Services = ALL, stack: Stack = "dev", tag: Tag = "", dry_run: DryRun = False) -> None:
    """Push the images, wait for their scans, and write their digests into the stack's file.

    A finding as severe as `openmarket:images.refuseFindings` stops it: then no file is changed. The next `pulumi up`
    rolls the images out.
    """
    with _explained():
        wanted, (threshold, accepted) = _wanted(stack, services, tag), _limits(stack)
        releases = _releases(stack, dry_run)
        releases.registry.log_in()
        pushed: dict[Service, str] = {}
        for service in wanted:
            pushed[service] = releases.push(service, tag or releases.tag(service))
            releases.check(service, pushed[service], threshold, accepted)
        for service, digest in pushed.items():
            _record(service, releases.name(service, digest), dry_run)


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
    with _explained():
        both, left_out = pairs(source, target, services)
        for name, stack in left_out:
            print(f"{name} is a service of {stack} only: left out")
        threshold, accepted = _limits(target)
        releases = _releases(target, dry_run)
        releases.registry.log_in()
        digests = {service: releases.promote(origin, service, origin.image) for origin, service in both}
        for service, digest in digests.items():
            releases.check(service, digest, threshold, accepted)
        for service, digest in digests.items():
            _record(service, releases.name(service, digest), dry_run)


def _wanted(stack: str, services: str, tag: str) -> list[Service]:
    """The services that are asked for. What is wrong with the request is said before anything is asked or logged in."""
    if tag:
        check_tag(tag)
    return chosen(stack, services)


def _releases(stack: str, dry_run: bool) -> Releases:
    region = stack_file.region(stack)
    if dry_run:
        account = next(iter(stack_file.allowed_accounts(stack)), "<account>")
    else:
        account = str(aws.ask(region, "sts", "get-caller-identity")["Account"])
        stack_file.check_account(stack, account)
    commands = Commands(stack_file.PROJECT, dry_run)
    return Releases(commands, Registry(commands, account, region), platforms(stack_file.names()))


def _limits(stack: str) -> tuple[Severity, set[str]]:
    """The least severe finding that stops an image, and the findings that stop none until their last day is over."""
    config = stack_file.section(stack, "openmarket:images", ImagesConfig)
    return config.refuse_findings, {each.name for each in config.accepted_findings if each.until >= date.today()}


def _record(service: Service, name: str, dry_run: bool) -> None:
    file = f"Pulumi.{service.stack}.yaml"
    if dry_run:
        print(f"{file}: {service.name} would run {name}")
    elif record.image(service.stack, service.name, name):
        print(f"{file}: {service.name} runs {name} with the next `pulumi up`")
    else:
        print(f"{file}: {service.name} runs {name} already")


@contextmanager
def _explained() -> Generator[None]:
    """End with a message where something is wrong."""
    try:
        yield
    except (BadService, CommandError, aws.AwsError, stack_file.BadStack, subprocess.SubprocessError) as error:
        fail(str(error))
    except RefusedImage as error:
        table = Table(title=f"{error.image} is not deployed", title_justify="left")
        for column in ("Severity", "Finding", "Package"):
            table.add_column(column)
        for each in error.findings:
            table.add_row(each.severity, each.name, each.package)
        Console().print(table)
        fail(f"{len(error.findings)} findings that openmarket:images.refuseFindings refuses")
