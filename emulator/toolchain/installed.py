"""Finds the control plane's binaries that the machine has in the pinned versions, so that they need not be built."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from emulator.paths import CACHE
from emulator.toolchain.toolsets import KUBERNETES, Toolset, everything_is_built

_SECONDS = 10
"""Time within which a binary has to print its version."""

_QUESTIONS: Mapping[str, tuple[str, ...]] = {"kubectl": ("version", "--client")}
"""Arguments with which a binary prints its version, if they are not `--version`."""

_ANSWERS: Mapping[str, str] = {"etcd": "etcd Version: {}", "kubectl": "Client Version: v{}", "kwok": "kwok version v{}"}
"""How the first line of the response begins, if it is not `Kubernetes v` and the version."""

_MODULES: Mapping[str, str] = {"etcd": "go.etcd.io/etcd/server/v3", "kwok": "sigs.k8s.io/kwok"}
"""Module whose version a binary has, if it is not `k8s.io/kubernetes`."""


def find(toolset: Toolset) -> dict[str, Path]:
    """Return the binaries of the toolset on PATH that print its pinned versions, by name; none for other toolsets.

    It is empty with `OPENMARKET_EMULATOR_PULUMI=build`, which asks for nothing but what is built here.
    """
    if toolset != KUBERNETES or everything_is_built():
        return {}
    pins = _pins(toolset)
    found = {name: _on_path(name) for name in toolset.binaries}
    return {name: path for name, path in found.items() if path and _is(name, path, pins[_module(name)])}


def _module(name: str) -> str:
    return _MODULES.get(name, "k8s.io/kubernetes")


def _pins(toolset: Toolset) -> dict[str, str]:
    """Return the versions of the modules in the `go.mod`, without the `v`."""
    return dict(re.findall(r"^(?:require|\t) ?(\S+) v(\S+)", (toolset.module / "go.mod").read_text(), re.MULTILINE))


def _on_path(name: str) -> Path | None:
    """Return the first such command on PATH that is not the emulator's own; None if there is none."""
    for folder in os.get_exec_path():
        found = shutil.which(name, path=folder)
        # Within the emulator's environment, `kubectl` is a link to the binary in the cache.
        if found and CACHE not in Path(found).resolve().parents:
            return Path(found).resolve()
    return None


def _is(name: str, path: Path, version: str) -> bool:
    """Return whether the binary says that it has the version."""
    question = _QUESTIONS.get(name, ("--version",))
    try:
        done = subprocess.run([path, *question], capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return False
    expected = _ANSWERS.get(name, "Kubernetes v{}").format(version)
    return done.returncode == 0 and re.match(rf"{re.escape(expected)}(\s|$)", done.stdout) is not None
