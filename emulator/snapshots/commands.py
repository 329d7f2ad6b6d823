"""The commands `save`, `restore` and `snapshots`."""

import json
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from emulator import workspace
from emulator.kubernetes import control_plane
from emulator.paths import SNAPSHOTS, STATE
from emulator.snapshots import identity
from emulator.snapshots.collection import Snapshots
from emulator.snapshots.manifest import Manifest, SnapshotError

Name = Annotated[str, typer.Argument(help="Name of the snapshot.")]


def save(name: Name) -> None:
    """Save the simulated account, the state of its stacks and its clusters, as they are, under a name."""
    with _reporting() as snapshots:
        started = time.monotonic()
        saved = snapshots.save(name)
    print(f"Saved {name} in {time.monotonic() - started:.1f} s: {_contents(saved)}.")


def restore(name: Name) -> None:
    """Replace the simulated account, the state of its stacks and its clusters by a snapshot."""
    with _reporting() as snapshots:
        started = time.monotonic()
        saved = snapshots.restore(name)
    print(f"Restored {name} in {time.monotonic() - started:.1f} s: {_contents(saved)}.")
    if saved.clusters:
        print("The next command starts the control planes.")


def list_snapshots(
    remove: Annotated[str, typer.Option(metavar="NAME", help="Delete this snapshot instead.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the snapshots, or delete one."""
    with _reporting() as snapshots:
        if remove:
            snapshots.remove(remove)
            print(f"Removed {remove}.")
            return
        found = snapshots.all()
    if as_json:
        print(json.dumps({name: _as_json(each) for name, each in found.items()}, indent=2))
    elif not found:
        print(f"No snapshots in {SNAPSHOTS}.")
    else:
        table = Table(Column("Name", overflow="fold"), "Saved", "Contents", "Size")
        for name, each in found.items():
            if isinstance(each, SnapshotError):
                table.add_row(name, "", str(each), "")
            else:
                saved = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.created))
                table.add_row(name, saved, _contents(each), _size(snapshots, name))
        Console().print(table)


@contextmanager
def _reporting() -> Generator[Snapshots]:
    """Give the snapshots of this account; report what cannot be done in one sentence."""
    try:
        yield Snapshots(SNAPSHOTS, STATE, identity.current(), control_plane)
    except (SnapshotError, workspace.BadFile) as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"snapshots in {SNAPSHOTS} cannot be used: {error}")


def _contents(saved: Manifest) -> str:
    stacks = ", ".join(saved.stacks) or "none"
    planes = f", control planes {', '.join(saved.clusters)}" if saved.clusters else ""
    return f"stacks {stacks}, {saved.objects} AWS objects{planes}"


def _size(snapshots: Snapshots, name: str) -> str:
    """Return the space that the snapshot takes, as `du` says it: shared blocks count, and holes do not."""
    used = sum(path.lstat().st_blocks for path in (snapshots.folder / name).rglob("*"))
    return f"{used * 512 / 1e6:.0f} MB"


def _as_json(found: Manifest | SnapshotError) -> dict[str, object]:
    if isinstance(found, SnapshotError):
        return {"problem": str(found)}
    return {key: value for key, value in asdict(found).items() if key != "files"}
