"""The commands about what a shop keeps: credentials, and data that comes back. What they need is imported in them."""

from typing import Annotated

import typer

from ops.operate.options import DryRun, Stack, Yes


def rotate(
    credential: Annotated[
        str,
        typer.Argument(
            help="database, database-migration, database-master, cache, tokens or grafana; of a service's own schema "
            "database-SCHEMA or database-SCHEMA-migration."
        ),
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


def restore(
    origin: Annotated[
        str, typer.Option("--from", help="A time such as 2026-11-26T10:15:00Z, latest, or the name of a snapshot.")
    ] = "",
    remove: Annotated[str, typer.Option(help="Delete a database from before a restore instead.")] = "",
    stack: Stack = "dev",
    seconds: Annotated[int, typer.Option(help="How long to wait until no pod uses the database before.")] = 300,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Make a database of a backup, beside the one that there is, and move the shop to it.

    The one from before is kept until --remove. Both go through the stack file: previews, asks, deploys. Of a deleted
    stack, only the file changes, and the next deployment begins with the data. Needs in AWS what a deployment needs,
    rds:DescribeDBClusters, rds:DescribeDBClusterSnapshots and rds:DescribeDBClusterAutomatedBackups, for the new
    database rds:RestoreDBClusterToPointInTime or rds:RestoreDBClusterFromSnapshot, and for --remove
    rds:ModifyDBCluster.
    """
    from ops.errors import fail
    from ops.operate import restore as restoring
    from ops.operate import shop
    from ops.operate.acting import Consent

    if bool(origin) == bool(remove):
        fail("give --from a time or a snapshot, or --remove a database from before")
    with shop.reporting_errors():
        consent = Consent.given(yes, dry_run)
        if remove:
            restoring.remove(stack, remove, consent)
        else:
            restoring.restore(stack, origin, seconds, consent)
