"""What the emulator holds at the moment, for people and for tests."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from emulator import processes
from emulator.aws.tokens import CLUSTER
from emulator.store import PENDING_DELETION, Store


@dataclass(frozen=True)
class Report:
    """A snapshot.

    Attributes:
        objects: (stack, type) -> how many AWS objects exist; objects that AWS made itself have the stack `-`.
        pending: Ids of what is deleted but waits out a period, like KMS keys.
        control_planes: EKS cluster name -> its Kubernetes endpoint.
        processes: Process name -> running or not.
    """

    objects: Mapping[tuple[str, str], int]
    pending: tuple[str, ...]
    control_planes: Mapping[str, str]
    processes: Mapping[str, bool]


def collect(store: Store, recorded: Iterable[processes.Process]) -> Report:
    """Look at the simulated account and the recorded processes."""
    objects = store.find()
    existing = [stored for stored in objects if stored.status != PENDING_DELETION]
    return Report(
        objects=Counter((_stack(stored.urn), stored.type) for stored in existing),
        pending=tuple(stored.id for stored in objects if stored.status == PENDING_DELETION),
        control_planes={stored.id: stored.outputs["endpoint"] for stored in existing if stored.type == CLUSTER},
        processes={process.name: processes.alive(process.name) for process in recorded},
    )


def as_json(report: Report) -> dict[str, Any]:
    """The report as JSON; counts are grouped by stack."""
    grouped: dict[str, dict[str, int]] = {}
    for (stack, type_), count in sorted(report.objects.items()):
        grouped.setdefault(stack, {})[type_] = count
    return {**asdict(report), "objects": grouped}


def show(report: Report, console: Console) -> None:
    """Print the report as tables."""
    if report.objects:
        table = Table("Stack", "Type", "Count", title="Simulated AWS objects", title_justify="left")
        for (stack, type_), count in sorted(report.objects.items()):
            table.add_row(stack, type_, str(count))
        console.print(table)
    else:
        console.print("No AWS objects.")
    if report.pending:
        console.print(f"Pending deletion: {', '.join(report.pending)}", markup=False, emoji=False)
    if not report.control_planes:
        console.print("No control planes.")
    for cluster, endpoint in report.control_planes.items():
        console.print(f"Control plane of {cluster}: {endpoint}")
    stopped = [name for name, running in report.processes.items() if not running]
    console.print(f"{len(report.processes) - len(stopped)} processes run.")
    for name in stopped:
        console.print(f"[red]{name} has ended unexpectedly; any `emulator run` starts it again.[/red]")


def _stack(urn: str) -> str:
    return urn.split("::")[0].removeprefix("urn:pulumi:") or "-"
