"""Gives the clusters of a copied state other ports, so that it can be used beside the state that it was copied from.

The port of an API server is part of its cluster's endpoint, so it is in the account and in the engine's state, too.
etcd keeps none of them, apart from its own address, which a single member does not use.
"""

import base64
import gzip
import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from emulator.kubernetes import cluster_files
from emulator.kubernetes.cluster_files import ClusterSettings
from emulator.kubernetes.components import Ports
from emulator.snapshots import contents, files

_ADDRESS = re.compile(r"\b127\.0\.0\.1:(\d+)")
_ATTRIBUTES = ".attrs"
"""Suffix of the file in which the engine's backend keeps the type and the checksum of another one."""


def used(state: Path) -> dict[str, ClusterSettings]:
    """Return the settings of the clusters in a state folder, or in a copy of one, by name."""
    found = sorted((state / contents.CLUSTERS).glob(f"*/{cluster_files.SETTINGS}"))
    return {file.parent.name: cluster_files.read(file) for file in found}


def move(state: Path, ports: Mapping[str, Ports]) -> None:
    """Change the ports of clusters in a copied state, everywhere in it."""
    before = used(state)
    moved = {str(before[name].ports.apiserver): str(new.apiserver) for name, new in ports.items()}
    for name, new in ports.items():
        folder = state / contents.CLUSTERS / name
        cluster_files.write(folder / cluster_files.SETTINGS, before[name].at(new))
        (folder / contents.LISTENER).unlink(missing_ok=True)

    def text(content: str) -> str:
        return _ADDRESS.sub(lambda found: f"127.0.0.1:{moved.get(found[1], found[1])}", content)

    for path in files.regular(state / contents.BACKEND):
        if path.suffix != _ATTRIBUTES:
            _rewrite(path, lambda content: text(content.decode()).encode())
    with closing(sqlite3.connect(contents.account(state))) as connection, connection:
        connection.create_function("moved", 1, text, deterministic=True)
        connection.execute("UPDATE objects SET inputs = moved(inputs), outputs = moved(outputs)")


def _rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    before = path.read_bytes()
    packed = path.suffix == ".gz"
    content = gzip.decompress(before) if packed else before
    changed = change(content)
    if changed == content:
        return
    after = gzip.compress(changed) if packed else changed
    path.write_bytes(after)
    attributes = path.with_name(path.name + _ATTRIBUTES)
    if attributes.exists():
        known = json.loads(attributes.read_text())
        checksum = hashlib.md5(after, usedforsecurity=False).digest()
        attributes.write_text(json.dumps(known | {"md5": base64.b64encode(checksum).decode()}))
