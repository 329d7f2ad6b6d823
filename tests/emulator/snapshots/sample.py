"""An account with a stack and a cluster, as files, and control planes that only record what is asked of them."""

import json
import os
import socket
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from emulator.kubernetes.cluster_files import SETTINGS, ClusterSettings
from emulator.kubernetes.components import Ports
from emulator.snapshots import ports
from emulator.snapshots.collection import Snapshots
from emulator.snapshots.identity import Identity
from emulator.store import Store, StoredObject

CLUSTER = "shop-dev"
AT = Ports(etcd=20001, etcd_peer=20002, apiserver=20003)
IDENTITY = Identity("shop", "3", {"kubernetes": "v1.36.3", "pulumi-aws": "7.0.0"})
STACK_FILE = "backend/.pulumi/stacks/shop/dev.json"


@dataclass
class RecordingPlanes:
    """Control planes of a state folder. `meanwhile` runs while they are frozen or stopped."""

    state: Path
    calls: list[str] = field(default_factory=list[str])
    meanwhile: Callable[[], object] = lambda: None
    given: int = 21000

    def names(self) -> list[str]:
        return sorted(ports.used(self.state))

    @contextmanager
    def frozen(self, names: Iterable[str]) -> Generator[None]:
        self.calls.append(f"frozen {' '.join(sorted(names))}")
        self.meanwhile()
        yield
        self.calls.append("thawed")

    @contextmanager
    def stopped(self, names: Iterable[str]) -> Generator[None]:
        self.calls.append(f"stopped {' '.join(sorted(names))}")
        self.meanwhile()
        yield

    def free_ports(self, kept: Ports | None = None) -> Ports:
        if kept is not None:
            return kept
        self.given += 3
        return Ports(self.given, self.given + 1, self.given + 2)


def account(state: Path, content: str = "first", cluster: str = CLUSTER) -> None:
    """Write the files of an account whose objects and stack contain a text and the cluster's endpoint."""
    endpoint = f"https://127.0.0.1:{AT.apiserver}"
    write(state / "passphrase", content, 0o600)
    write(state / "token.key", content, 0o600)
    write(state / "format", IDENTITY.state)
    write(state / "project" / "Pulumi.dev.yaml", f"encryptionsalt: {content}\n")
    write(state / STACK_FILE, json.dumps({"content": content, "kubeconfig": json.dumps({"server": endpoint})}))
    write(state / f"{STACK_FILE}.attrs", json.dumps({"user.metadata": None, "md5": "before"}))
    folder = state / "clusters" / cluster
    write(folder / SETTINGS, json.dumps(asdict(ClusterSettings("1.36", "172.20.0.0/16", AT))), 0o600)
    write(folder / "etcd/member/snap/db", content, 0o600)
    write(folder / "etcd/member/wal/0.tmp", "being prepared", 0o600)
    write(folder / "certificates/apiserver.key", content, 0o600)
    write(folder / "logs/containers/controller.log", content)
    write(folder / "logs/etcd.log", content)
    write(folder / "listener.port", "20004")
    with Store(state / "aws.sqlite").transaction() as transaction:
        for found in transaction.find():
            transaction.remove(found.type, found.id)
        transaction.put(StoredObject("aws:eks/cluster:Cluster", cluster, outputs={"endpoint": endpoint}))
        transaction.put(StoredObject("aws:sns/topic:Topic", content))


def read(state: Path) -> dict[str, Any]:
    """Return what an account consists of: its files by path with their modes, and its objects."""
    kept = ("format", "passphrase", "token.key", "project", "backend", "clusters")
    files = [
        path for name in kept for path in [state / name, *(state / name).rglob("*")]
        if path.is_file() and not path.name.endswith(".lock")
    ]  # fmt: skip
    objects = [(each.type, each.id, dict(each.outputs)) for each in Store(state / "aws.sqlite").find()]
    return {
        "files": {
            path.relative_to(state).as_posix(): (path.read_text(), path.stat().st_mode & 0o777) for path in files
        },
        "objects": sorted(objects, key=str),
    }


def snapshots(state: Path, folder: Path | None = None, identity: Identity = IDENTITY) -> Snapshots:
    """Return the snapshots of the account, by default in its state folder."""
    return Snapshots(folder or state / "snapshots", state, identity, RecordingPlanes(state))


def planes(of: Snapshots) -> RecordingPlanes:
    assert isinstance(of.planes, RecordingPlanes)
    return of.planes


def lock(state: Path, pid: int = os.getpid()) -> Path:
    """Write the lock of an operation of the engine, as its backend does."""
    content = {"pid": pid, "username": "me", "hostname": socket.gethostname(), "timestamp": "2026-11-26T01:50:55Z"}
    return write(state / "backend/.pulumi/locks/organization/shop/dev/0b5c.json", json.dumps(content))


def write(path: Path, text: str, mode: int = 0o644) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path
