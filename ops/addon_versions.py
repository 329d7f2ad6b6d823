"""The command `addon-versions`: shows the versions of EKS add-ons that a stack has, and those that AWS offers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis import stack_file
from ops import aws
from ops.errors import fail

if TYPE_CHECKING:
    from rich.table import Table

_NONE = "-"


@dataclass(frozen=True)
class Offer:
    """The versions of an add-on that AWS offers for a Kubernetes minor version, the newest first."""

    versions: Sequence[str]
    default: str

    @property
    def newest(self) -> str:
        """The newest version; `-` if AWS offers none."""
        return self.versions[0] if self.versions else _NONE


@dataclass(frozen=True)
class Row:
    """Describes one add-on of a stack.

    Attributes:
        addon: Name of the add-on.
        pinned: Version that the stack file pins; empty if it pins none.
        installed: Version in the cluster; empty if the add-on is not installed.
        now: Versions for the stack's Kubernetes version.
        then: Versions for the other Kubernetes version; None if none was asked for.
    """

    addon: str
    pinned: str
    installed: str
    now: Offer
    then: Offer | None

    @property
    def must_upgrade(self) -> bool:
        """True if the current version does not support the other Kubernetes version."""
        version = self.pinned or self.installed
        return self.then is not None and bool(version) and version not in self.then.versions


def addon_versions(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    kubernetes: Annotated[
        str,
        typer.Option(help="Another Kubernetes version, such as 1.37, to show what an upgrade needs."),
    ] = "",
) -> None:
    """Show pinned, installed and offered versions of the EKS add-ons.

    Needs eks:DescribeAddonVersions and eks:DescribeAddon.
    """
    from rich.console import Console

    from components.config.cluster import MANAGED_ADDONS

    try:
        config = stack_file.read(stack)
        other = "" if kubernetes == config.kubernetes else kubernetes
        rows = [_row(config, addon, other) for addon in MANAGED_ADDONS]
    except (stack_file.BadStack, aws.AwsError) as error:
        fail(str(error))
    if other and not any(row.then and row.then.versions for row in rows):
        fail(
            f"AWS offers no add-ons for Kubernetes {other!r}: give a version that EKS has, such as {config.kubernetes}"
        )
    # Without a terminal there is no width to measure, so take one that fits every column.
    console = Console(width=None if Console().is_terminal else 160)
    console.print(table(config, other, rows))
    if other:
        console.print(summary(other, rows))


def table(config: stack_file.Stack, other: str, rows: Iterable[Row]) -> "Table":
    """Return a table with a row per add-on."""
    from rich.table import Table

    shown = Table(title=f"EKS add-ons of {config.cluster}, Kubernetes {config.kubernetes}")
    columns = ["Add-on", "Pinned", "Installed", f"Default for {config.kubernetes}", f"Newest for {config.kubernetes}"]
    for column in [*columns, *([f"Default for {other}", f"Newest for {other}", "Must upgrade"] if other else [])]:
        shown.add_column(column, overflow="fold")
    for row in rows:
        cells = [row.addon, row.pinned or _NONE, row.installed or _NONE, row.now.default, row.now.newest]
        if row.then is not None:
            cells += [row.then.default, row.then.newest, "yes" if row.must_upgrade else "no"]
        shown.add_row(*cells)
    return shown


def summary(other: str, rows: Iterable[Row]) -> str:
    """Return the versions to pin for an upgrade to the other Kubernetes version."""
    outdated = [row for row in rows if row.must_upgrade]
    if not outdated:
        return f"All add-ons support Kubernetes {other}: no version has to change."
    pins = "\n".join(f"      {row.addon}: {row.then.default}" for row in outdated if row.then is not None)
    return f"With Kubernetes {other}, openmarket:cluster needs:\n    addonVersions:\n{pins}"


def offer(answer: Mapping[str, Any], minor: str) -> Offer:
    """Parse a DescribeAddonVersions response for one Kubernetes version. AWS lists the newest add-on version first."""
    versions: list[str] = []
    default = _NONE
    for addon in answer.get("addons", []):
        for each in addon["addonVersions"]:
            fitting = [one for one in each["compatibilities"] if one["clusterVersion"] == minor]
            if fitting:
                versions.append(each["addonVersion"])
                default = each["addonVersion"] if fitting[0].get("defaultVersion") else default
    return Offer(versions, default)


def _row(config: stack_file.Stack, addon: str, other: str) -> Row:
    then = _offer(config.region, addon, other) if other else None
    return Row(
        addon,
        config.pins.get(addon, ""),
        _installed(config, addon),
        _offer(config.region, addon, config.kubernetes),
        then,
    )


def _offer(region: str, addon: str, minor: str) -> Offer:
    words = ("eks", "describe-addon-versions", "--addon-name", addon, "--kubernetes-version", minor)
    return offer(aws.ask(region, *words), minor)


def _installed(config: stack_file.Stack, addon: str) -> str:
    try:
        answer = aws.ask(
            config.region, "eks", "describe-addon", "--cluster-name", config.cluster, "--addon-name", addon
        )
    except aws.NotFound:
        return ""
    return str(answer["addon"]["addonVersion"])
