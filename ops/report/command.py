"""The command `report`: writes a page about a stack."""

from pathlib import Path
from typing import Annotated

import typer

from ops.operate.options import Stack


def report(
    stack: Stack = "dev",
    out: Annotated[
        Path | None,
        typer.Option("--output", "--out", help="The page's file. Default: .emulator/reports/<stack>.html."),
    ] = None,
) -> None:
    """Write one HTML page about a stack: picture, addresses, versions, cost, access, alarms, policies, deployments.

    It is what the last deployment made, from Pulumi's state and the stack file. The page needs no other file and no
    network, and has nothing secret in it. Needs in AWS: reading of Pulumi's state, and for the ends of support
    eks:DescribeClusterVersions, without which the page leaves them open.
    """
    from ops.operate import shop
    from ops.report.writing import written

    with shop.reporting_errors():
        print(written(stack, out))
