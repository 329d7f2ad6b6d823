"""Builds kubeconfigs for the emulated EKS clusters as `aws eks update-kubeconfig` does, with `aws eks get-token`."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from emulator.store import StoredObject

API_VERSION = "client.authentication.k8s.io/v1beta1"
"""Version of the exec credential plugin protocol that EKS uses."""


def document(clusters: Iterable[StoredObject], current: str) -> dict[str, Any]:
    """Return the kubeconfig of `aws:eks/cluster:Cluster` objects, with a context per cluster that has its name."""
    found = list(clusters)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": cluster.id,
                "cluster": {
                    "server": cluster.outputs["endpoint"],
                    "certificate-authority-data": cluster.outputs["certificateAuthority"]["data"],
                },
            }
            for cluster in found
        ],
        "contexts": [{"name": c.id, "context": {"cluster": c.id, "user": c.id}} for c in found],
        "users": [{"name": c.id, "user": {"exec": _never_asking(c)}} for c in found],
        "current-context": current,
    }


def get_token(region: str, cluster: str) -> dict[str, Any]:
    """Return the exec credential plugin of a kubeconfig's user, which runs the `aws` command for each new token."""
    return {
        "apiVersion": API_VERSION,
        "command": "aws",
        "args": ["--region", region, "eks", "get-token", "--cluster-name", cluster, "--output", "json"],
    }


def _never_asking(cluster: StoredObject) -> dict[str, Any]:
    region = cluster.outputs["arn"].split(":")[3]
    return get_token(region, cluster.id) | {"interactiveMode": "Never"}


def write(path: Path, content: dict[str, Any]) -> None:
    """Write the kubeconfig with file mode 0600, replacing the file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        yaml.safe_dump(content, file, sort_keys=False)
    temporary.replace(path)


def merge(path: Path, content: dict[str, Any]) -> bool:
    """Add the entries to the kubeconfig at the path, which may not exist. Return whether it had the context before."""
    known: dict[str, Any] = (yaml.safe_load(path.read_text()) if path.exists() else None) or {}
    merged = {**known, **content}
    for kind in ("clusters", "contexts", "users"):
        added = {entry["name"] for entry in content[kind]}
        merged[kind] = [entry for entry in known.get(kind) or [] if entry["name"] not in added] + content[kind]
    write(path, merged)
    return content["current-context"] in {entry["name"] for entry in known.get("contexts") or []}
