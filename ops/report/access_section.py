"""Says who may do what, in the words of the command `access`."""

from collections.abc import Iterable

from analysis import stack_file
from ops.operate.access import Connection, Permission, access
from ops.report.document import Section, Table
from ops.report.facts import Facts


def access_section(facts: Facts) -> Section:
    """Return what services may do in AWS, which connections pods have, and what people may do in the cluster."""
    found = access(facts.states, stack_file.prefix(facts.stack))
    flows = [
        (each.workload, _ends(each.accepts, "nobody"), _ends(each.opens, "nothing")) for each in found.flows
    ]  # fmt: skip
    others = len({each.who for each in found.others})
    return Section(
        "access", "Who may do what",
        (
            _permissions("What services may do in AWS", found.services),
            Table("Connections that pods may have; all others are refused",
                  ("Pods of", "Accept from", "Connect to"), flows),
            _permissions("What people and workflows may do in the cluster, besides who created it", found.cluster),
            f"Other roles, of add-ons, nodes and AWS's services: {others}. ./openmarket ops access --all shows them.",
        ),
    )  # fmt: skip


def _permissions(title: str, permissions: Iterable[Permission]) -> Table:
    rows = [(each.who, each.resource, each.words) for each in permissions]
    return Table(title, ("Who", "On", "May"), rows, "Nothing.")


def _ends(connections: Iterable[Connection], nobody: str) -> list[str]:
    return [str(each) for each in connections] or [nobody]
