"""The command that shows and changes what a simulated database holds."""

import sys
from typing import Annotated

import typer

from emulator.aws import database_backups
from emulator.aws.tokens import DATABASE_CLUSTER
from emulator.store import Store, Transaction


def rows(
    host: Annotated[str, typer.Argument(help="The address by which a service reaches the database.")],
    changes: Annotated[
        list[str] | None, typer.Argument(help="KEY=VALUE gives a key a value, KEY= takes it out.")
    ] = None,
) -> None:
    """Show what the database at an address holds: values by key, which stand for rows; with changes, after them.

    A snapshot has what there was, and a restore to a point in time what there was then. No SQL runs.
    """
    with Store().transaction() as account:
        cluster = _cluster(account, host)
        for each in changes or []:
            key, equals, value = each.partition("=")
            if not (key and equals):
                sys.exit(f"{each!r} is no change: KEY=VALUE gives a key a value, KEY= takes it out")
            database_backups.change(account, cluster, key, value or None)
        found = database_backups.rows(account, cluster)
    print("\n".join(f"{key}={value}" for key, value in found.items()) or "The database is empty.")


def _cluster(account: Transaction, host: str) -> str:
    for each in account.find(DATABASE_CLUSTER):
        if host in (each.outputs.get("endpoint"), each.outputs.get("readerEndpoint")):
            return each.id
    sys.exit(f"no database answers at {host!r}: an address is what DB_HOST of a service has")
