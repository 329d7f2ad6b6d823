"""Reports the emulator's objects, control planes and processes."""

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
    """A snapshot of the emulator.

    Attributes:
        objects: Number of AWS objects by stack and type; the stack of objects that AWS created itself is `-`.
        pending: Ids of deleted objects in a waiting period, such as KMS keys.
        control_planes: Kubernetes endpoint by EKS cluster name.
        processes: True for a process that runs, by its name.
    """

    objects: Mapping[tuple[str, str], int]
    pending: tuple[str, ...]
    control_planes: Mapping[str, str]
    processes: Mapping[str, bool]


def collect(store: Store, recorded: Iterable[processes.Process]) -> Report:
    """Collect the objects of the simulated account and the state of the recorded processes."""
    objects = store.find()
    existing = [stored for stored in objects if stored.status != PENDING_DELETION]
    return Report(
        objects=Counter((_stack(stored.urn), stored.type) for stored in existing),
        pending=tuple(stored.id for stored in objects if stored.status == PENDING_DELETION),
        control_planes={stored.id: stored.outputs["endpoint"] for stored in existing if stored.type == CLUSTER},
        processes={process.name: processes.alive(process.name) for process in recorded},
    )


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as JSON, with counts grouped by stack."""
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
    console.print(f"{len(report.processes) - len(stopped)} processes are running.")
    for name in stopped:
        console.print(f"[red]{name} has ended unexpectedly; the next `emulator run` starts it again.[/red]")


def _stack(urn: str) -> str:
    return urn.split("::")[0].removeprefix("urn:pulumi:") or "-"
