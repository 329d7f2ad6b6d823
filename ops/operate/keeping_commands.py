"""The commands about what a shop keeps: credentials, and data that comes back. What they need is imported in them."""

from typing import Annotated

import typer

from ops.operate.commands import DryRun, Stack, Yes


def rotate(
    credential: Annotated[
        str, typer.Argument(help="database, database-migration, database-master, cache, tokens or grafana.")
    ],
    stack: Stack = "dev",
    seconds: Annotated[int, typer.Option(help="How long to wait until no pod has the old value.")] = 300,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Give a generated credential a new value: in its store, its secret, the cluster and the pods, in one deployment.

    Says what that does to open sessions, previews, asks, and waits for the pods. Needs in AWS what a deployment needs,
    and an access entry that may list Secrets (administrators may).
    """
    from ops.operate import rotate as rotating
    from ops.operate import shop
    from ops.operate.acting import Consent

    with shop.reporting_errors():
        rotating.rotate(stack, credential, seconds, Consent.given(yes, dry_run))
