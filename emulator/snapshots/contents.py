"""What of a state folder belongs to a snapshot: what an account, its stacks and its clusters consist of.

The rest is made anew from the program and the tools (commands, plugins, kubeconfigs), records processes, or is a log of
what was done.
"""

import stat
from collections.abc import Iterator
from pathlib import Path

from emulator.paths import DATABASE
from emulator.snapshots import files
from emulator.store import Store

BACKEND = "backend"
CLUSTERS = "clusters"
LISTENER = "listener.port"

_ACCOUNT = DATABASE.name
_FILES = ("format", "passphrase", "token.key")
_STACK_FILES = "project"
"""Copies of the stack files, with the salts that belong to the passphrase."""

_FOLDERS = (BACKEND, _STACK_FILES)
_OF_CLUSTERS = ("settings.json", "token", "tokens.csv", "service-account.key", LISTENER)
_FOLDERS_OF_CLUSTERS = ("certificates", "etcd", "logs/containers")


def saveable(state: Path) -> bool:
    """Return whether the state folder has an account."""
    return (state / _ACCOUNT).exists() and (state / "passphrase").exists()


def copy(state: Path, target: Path, clusters: tuple[str, ...]) -> None:
    """Copy the account, the engine's state and these clusters into a new folder, whose files keep their modes."""
    target.mkdir(mode=0o700)
    account = state / _ACCOUNT
    Store(account).copy(target / _ACCOUNT)
    (target / _ACCOUNT).chmod(stat.S_IMODE(account.stat().st_mode))
    for name in _FILES:
        if (state / name).exists():
            files.clone(state / name, target / name)
    for name in _FOLDERS:
        if (state / name).is_dir():
            files.clone_tree(state / name, target / name, _lasting)
    (target / CLUSTERS).mkdir()
    for cluster in clusters:
        _copy_cluster(state / CLUSTERS / cluster, target / CLUSTERS / cluster)


def pieces(state: Path) -> Iterator[str]:
    """Yield the paths of what is there of an account, relative to the state folder, for it to be replaced."""
    for name in (_ACCOUNT, f"{_ACCOUNT}-wal", f"{_ACCOUNT}-shm", *_FILES, *_FOLDERS):
        if (state / name).exists():
            yield name
    for cluster in sorted((state / CLUSTERS).glob("*")):
        if cluster.is_dir():
            yield f"{CLUSTERS}/{cluster.name}"


def account(folder: Path) -> Path:
    """Return the path of the account's file in a state folder, or in a copy of one."""
    return folder / _ACCOUNT


def stacks(folder: Path) -> tuple[str, ...]:
    """Return the names of the stacks that the engine's state has, sorted."""
    found = (folder / BACKEND / ".pulumi" / "stacks").rglob("*.json*")
    return tuple(sorted({file.name.partition(".json")[0] for file in found}))


def _copy_cluster(source: Path, target: Path) -> None:
    target.mkdir()
    for name in _OF_CLUSTERS:
        if (source / name).exists():
            files.clone(source / name, target / name)
    for name in _FOLDERS_OF_CLUSTERS:
        if (source / name).is_dir():
            (target / name).parent.mkdir(exist_ok=True)
            files.clone_tree(source / name, target / name, _lasting)


def _lasting(path: Path) -> bool:
    """Return whether a file is not one that is being prepared, such as etcd's next log."""
    return path.suffix != ".tmp"
