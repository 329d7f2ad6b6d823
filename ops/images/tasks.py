"""Implements the command `images`."""

import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from rich.console import Console
from rich.table import Table

from analysis import stack_file
from components.config.data import ImagesConfig, Severity
from ops import aws
from ops.caller import caller
from ops.errors import fail
from ops.images.commands import CommandError, Commands
from ops.images.registry import Registry
from ops.images.releases import RefusedImage, Releases, check_tag, source
from ops.images.services import BadService, Service, pairs, platforms, record, select
from ops.images.static_files import StaticFiles
from ops.operate.audit import AuditTrail


def build(services: str, stack: str, tag: str, dry_run: bool) -> None:
    """Build the images without pushing them."""
    wanted = _wanted(stack, services, tag)
    for service in wanted:
        source(service)
    releases = _releases(stack, dry_run)
    for service in wanted:
        releases.build(service, tag or releases.tag(service))


def push(services: str, stack: str, tag: str, dry_run: bool) -> None:
    """Build the images, and push them with the tags `<commit>` and `<stack>-latest`."""
    wanted = _wanted(stack, services, tag)
    _check_sources(wanted, tag, dry_run)
    releases = _releases(stack, dry_run)
    releases.registry.log_in()
    for service in wanted:
        digest = releases.push(service, tag or releases.tag(service))
        print(releases.name(service, digest))


def deploy(services: str, stack: str, tag: str, dry_run: bool) -> None:
    """Push the images, check their scans, and write their digests into the stack file if all of them pass."""
    wanted, (threshold, accepted) = _wanted(stack, services, tag), _limits(stack)
    _check_sources(wanted, tag, dry_run)
    releases = _releases(stack, dry_run)
    releases.registry.log_in()
    pushed: dict[Service, str] = {}
    for service in wanted:
        pushed[service] = releases.push(service, tag or releases.tag(service))
        releases.check(service, pushed[service], threshold, accepted)
    images = {service: releases.name(service, digest) for service, digest in pushed.items()}
    _publish(stack, f"images deploy {services}", releases, images)
    for service, digest in pushed.items():
        _record(service, releases.name(service, digest), dry_run)


def promote(source: str, target: str, services: str, dry_run: bool) -> None:
    """Copy images from one stack's repositories to another's, check their scans, and record them if all pass."""
    both, left_out = pairs(source, target, services)
    for name, stack in left_out:
        print(f"{name} is left out, as only {stack} has it")
    threshold, accepted = _limits(target)
    releases = _releases(target, dry_run)
    releases.registry.log_in()
    digests = {service: releases.promote(origin, service, origin.image) for origin, service in both}
    for service, digest in digests.items():
        releases.check(service, digest, threshold, accepted)
    images = {service: releases.name(service, digest) for service, digest in digests.items()}
    _publish(target, f"images promote {services} --from {source}", releases, images)
    for service, digest in digests.items():
        _record(service, releases.name(service, digest), dry_run)


def _wanted(stack: str, services: str, tag: str) -> list[Service]:
    """Return the selected services. Errors in the arguments are reported here, before any command runs."""
    if tag:
        check_tag(tag)
    return select(stack, services)


def _check_sources(wanted: Sequence[Service], tag: str, dry_run: bool) -> None:
    """Check that the sources are there, before any command runs; with a tag, those that are pushed need none.

    Raises:
        BadService: A source is not there that is needed in any case.
    """
    for service in wanted:
        try:
            source(service)
        except BadService as error:
            if not tag:
                raise
            if dry_run:
                print(f"{error}: this works only if {tag} is pushed already")


def _releases(stack: str, dry_run: bool) -> Releases:
    region = stack_file.region(stack)
    account = next(iter(stack_file.allowed_accounts(stack)), "<account>") if dry_run else caller(stack).account
    commands = Commands(stack_file.PROJECT, dry_run)
    return Releases(commands, Registry(commands, account, region), platforms(stack_file.names()))


def _limits(stack: str) -> tuple[Severity, set[str]]:
    """Return the lowest severity that blocks an image, and the names of the findings that are accepted today."""
    config = stack_file.section(stack, "openmarket:images", ImagesConfig)
    return config.refuse_findings, {each.name for each in config.accepted_findings if each.until >= date.today()}


def _publish(stack: str, command: str, releases: Releases, images: Mapping[Service, str]) -> None:
    """Copy what the images have for browsers into the assets bucket, before the pods that refer to it, with a line."""
    of_web = {service: image for service, image in images.items() if service.static}
    if not of_web:
        return
    files = StaticFiles(releases.commands, stack, releases.registry.region, releases.platforms)
    if releases.commands.dry_run:
        for service, image in of_web.items():
            print(files.publish(service, image))
        return
    who = caller(stack)
    try:
        trail = AuditTrail()
    except OSError as error:
        fail(f"nothing was copied or recorded, because its audit line cannot be written: {error}")
    outcome, says = "interrupted", list[str]()
    try:
        for service, image in of_web.items():
            says.append(files.publish(service, image))
            print(says[-1])
        outcome = "done"
    except (BadService, CommandError) as error:
        outcome = "failed"
        says.append(str(error))
        raise
    finally:
        trail.leave(who, stack, command, outcome, "; ".join(says))


def _record(service: Service, name: str, dry_run: bool) -> None:
    file = f"Pulumi.{service.stack}.yaml"
    if dry_run:
        print(f"{file}: {service.name} would run {name}")
    elif record(service.stack, service.name, name):
        print(f"{file}: {service.name} will run {name} after the next `pulumi up`")
    else:
        print(f"{file}: {service.name} already has {name}")


@contextmanager
def reporting_errors() -> Generator[None]:
    """End the command with a message if an expected error occurs."""
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
        fail(f"{len(error.findings)} findings exceed openmarket:images.refuseFindings")
