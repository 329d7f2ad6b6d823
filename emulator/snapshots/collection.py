"""The snapshots of a folder: saves, restores, lists and removes them."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from emulator.kubernetes.components import Ports
from emulator.snapshots import contents, files, manifest, operations, ports, replacing
from emulator.snapshots.identity import Identity
from emulator.snapshots.manifest import CONTENTS, Manifest, SnapshotError
from emulator.store import Store

_LOCK, _SAVING = ".lock", ".saving"


class ControlPlanes(Protocol):
    """The control planes of the account whose state is saved or replaced."""

    def names(self) -> list[str]:
        """Return the names of the clusters that have one."""
        ...

    def frozen(self, names: Iterable[str]) -> AbstractContextManager[None]:
        """Suspend the processes of the clusters meanwhile, so that their files stay as they are."""
        ...

    def stopped(self, names: Iterable[str]) -> AbstractContextManager[None]:
        """End the processes of the clusters at once, and meanwhile keep others from starting them."""
        ...

    def free_ports(self, kept: Ports | None = None) -> Ports:
        """Return ports that no process uses: `kept` if these are free."""
        ...


@dataclass(frozen=True)
class Snapshots:
    """The snapshots in a folder, for an account.

    Attributes:
        folder: Folder of the snapshots, which accounts may share.
        state: State folder of the account.
        identity: What the account belongs to.
        planes: Its control planes.
    """

    folder: Path
    state: Path
    identity: Identity
    planes: ControlPlanes

    def save(self, name: str) -> Manifest:
        """Save the account under a new name.

        Raises:
            SnapshotError: The name is not allowed or in use, there is nothing to save, an operation of the engine
                runs, or a file cannot be copied. No snapshot is left then.
        """
        manifest.check_name(name)
        replacing.recover(self.state)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with files.locked(self.folder / _LOCK), files.locked(replacing.lock(self.state)):
            if (self.folder / name).exists():
                raise SnapshotError(f"there is a snapshot {name} already: remove it first, or choose another name")
            if not contents.saveable(self.state):
                raise SnapshotError(f"{self.state} has no account yet, so there is nothing to save")
            self._refuse_operations(self.state, killed_too=True)
            scratch = self.folder / _SAVING
            # What is there was left by a process that was killed, as this one holds the lock.
            shutil.rmtree(scratch, ignore_errors=True)
            try:
                saved = self._copy(scratch)
                scratch.rename(self.folder / name)
            except (OSError, sqlite3.Error) as error:
                raise SnapshotError(f"snapshot {name} was not saved: {error}") from None
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        return saved

    def restore(self, name: str) -> Manifest:
        """Replace the account by a snapshot. Its control planes are stopped then, and start with the next command.

        Raises:
            SnapshotError: There is no such snapshot, it is damaged, it belongs to something else, an operation of the
                engine runs, or a file cannot be copied. The account is as before then.
        """
        snapshot = self._path(name)
        saved = manifest.read(snapshot)
        if reasons := list(self.identity.differences(saved.identity)):
            raise SnapshotError(f"snapshot {name} cannot be restored: {'; '.join(reasons)}")
        manifest.verify(snapshot, saved)
        replacing.recover(self.state)
        with files.locked(replacing.lock(self.state)):
            self._refuse_operations(self.state, killed_too=False)
            replacing.tidy(self.state)
            new = self.state / replacing.NEW
            try:
                files.clone_tree(snapshot / CONTENTS, new)
                with self.planes.stopped({*self.planes.names(), *saved.clusters}):
                    self._place(new, saved)
                    replacing.replace(self.state, lambda aside: self._refuse_operations(aside, killed_too=False))
            except (OSError, RuntimeError, sqlite3.Error) as error:
                raise SnapshotError(f"snapshot {name} was not restored: {error}") from None
            finally:
                replacing.tidy(self.state)
        return saved

    def all(self) -> dict[str, Manifest | SnapshotError]:
        """Return the snapshots by name, the oldest first, each with its manifest, or with what is wrong with it."""
        found: dict[str, Manifest | SnapshotError] = {}
        for path in self._names():
            try:
                found[path] = manifest.read(self.folder / path)
            except SnapshotError as error:
                found[path] = error
        return dict(sorted(found.items(), key=lambda each: getattr(each[1], "created", 0.0)))

    def remove(self, name: str) -> None:
        """Delete a snapshot.

        Raises:
            SnapshotError: There is none with the name.
        """
        with files.locked(self.folder / _LOCK):
            snapshot = self._path(name)
            # Under its own name there is never a part of it.
            scratch = self.folder / _SAVING
            shutil.rmtree(scratch, ignore_errors=True)
            snapshot.rename(scratch)
            shutil.rmtree(scratch)

    def _path(self, name: str) -> Path:
        manifest.check_name(name)
        if not (self.folder / name).is_dir():
            known = ", ".join(self._names()) or "none"
            raise SnapshotError(f"there is no snapshot {name} in {self.folder}; there is: {known}")
        return self.folder / name

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith("."))

    def _copy(self, scratch: Path) -> Manifest:
        scratch.mkdir(mode=0o700)
        clusters = tuple(self.planes.names())
        copied = scratch / CONTENTS
        with self.planes.frozen(clusters):
            contents.copy(self.state, copied, clusters)
        # One that began since would be in the copy by half.
        self._refuse_operations(self.state, killed_too=True)
        saved = Manifest(
            identity=self.identity,
            origin=str(self.state.resolve()),
            stacks=contents.stacks(copied),
            clusters=clusters,
            objects=len(Store(contents.account(copied)).find()),
            files=manifest.record(copied),
        )
        manifest.write(scratch, saved)
        return saved

    def _place(self, new: Path, saved: Manifest) -> None:
        """Give the clusters ports: those that they had, if it is the state that they were saved from."""
        at_home = saved.origin == str(self.state.resolve())
        before = {name: settings.ports for name, settings in ports.used(new).items()}
        chosen = {name: self.planes.free_ports(had if at_home else None) for name, had in before.items()}
        if moved := {name: found for name, found in chosen.items() if found != before[name]}:
            ports.move(new, moved)

    def _refuse_operations(self, state: Path, killed_too: bool) -> None:
        for operation in operations.found(state / contents.BACKEND):
            if not operation.killed:
                raise SnapshotError(
                    f"an operation changes the stack {operation.stack} (process {operation.pid}): wait for its end"
                )
            if killed_too:
                raise SnapshotError(
                    f"an operation on the stack {operation.stack} was killed (process {operation.pid}): "
                    f"run `pulumi cancel --stack {operation.stack}` in the emulator, and let the next one end"
                )
