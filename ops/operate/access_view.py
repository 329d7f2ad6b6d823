"""Shows on a terminal who may do what."""

from collections.abc import Sequence
from itertools import groupby

from rich.table import Table

from ops.operate.access import Access, Permission
from ops.operate.showing import console, put, table


def show(found: Access, everything: bool) -> None:
    """Print what services may do in AWS, which connections they may have, and what people may do in the cluster.

    Args:
        found: Who may do what.
        everything: True for the roles of add-ons, nodes and AWS's services too.
    """
    out = console()
    parts = [
        ("What services may do in AWS", _permissions(found.services)),
        ("Which connections pods may have; all others are refused", _flows(found)),
        ("What people and workflows may do in the cluster, besides who created it", _permissions(found.cluster)),
    ]
    if everything:
        parts.append(("What add-ons, nodes and services of AWS may do", _permissions(found.others)))
    for title, rows in parts:
        out.print(title, style="bold", end="\n\n")
        if rows.row_count:
            put(out, rows)
        else:
            out.print("nothing")
        out.print()
    if not everything:
        out.print(f"Other roles: {len({each.who for each in found.others})}. --all shows them.", markup=False)


def _permissions(permissions: Sequence[Permission]) -> Table:
    rows = table("Who", "On", "May")
    for who, its in groupby(permissions, lambda each: each.who):
        for index, each in enumerate(its):
            rows.add_row("" if index else who, each.resource, each.words)
    return rows


def _flows(found: Access) -> Table:
    rows = table("Pods of", "Accept from", "Connect to")
    for each in found.flows:
        rows.add_row(
            each.workload, "\n".join(map(str, each.accepts)) or "nobody", "\n".join(map(str, each.opens)) or "nothing"
        )
    return rows
