"""The environment in which a command meets the emulator instead of AWS."""

import contextlib
import importlib.metadata
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from emulator import toolchain
from emulator.kubernetes import control_plane, credentials
from emulator.paths import CACHE, CODE, SETTINGS, STATE

SHIMS = STATE / "bin"
BACKEND = STATE / "backend"

_PULUMI_HOME = STATE / "pulumi-home"
_PASSPHRASE = STATE / "passphrase"
_REAL_ACCOUNTS = ("AWS_", "PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "KUBECONFIG")
_PACKAGES = ("aws", "eks", "kubernetes", "random")
_FORMAT = "3"
"""Of what is kept in the state folder. 1 had objects of a Kubernetes provider that was a stand-in, 2 clusters that let
everybody in."""


def prepare() -> None:
    """Create what the environment points to: provider plugins, commands and the state backend's passphrase.

    Raises:
        RuntimeError: The state is of another version of the emulator.
    """
    check_format()
    for folder in (SHIMS, BACKEND):
        folder.mkdir(parents=True, exist_ok=True)
    if not _PASSPHRASE.exists():
        _keep(_PASSPHRASE, secrets.token_urlsafe(32))
    for package, version in installed():
        plugin = _PULUMI_HOME / "plugins" / f"resource-{package}-v{version}" / f"pulumi-resource-{package}"
        _script(plugin, "emulator.plugins", package)
    _script(SHIMS / "aws", "emulator.aws")
    _script(SHIMS / "docker", "emulator.aws.docker")
    _script(SHIMS / "pulumi", "emulator.pulumi_command")
    _script(toolchain.PULUMI.folder / "pulumi-language-python", module="emulator.language_host", shared=True)
    _link(SHIMS / "kubectl", toolchain.binary("kubectl"))


def installed() -> Iterator[tuple[str, str]]:
    """The packages that the emulator has a provider for and the program an SDK of, with the SDK's version."""
    for package in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            yield package, importlib.metadata.version(f"pulumi-{package}")


def variables(kubeconfig: Path, cluster: str) -> dict[str, str]:
    """Environment variables for a command: the caller's, without anything that leads to a real account or cluster."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(_REAL_ACCOUNTS)}
    path = environment.get("PATH", os.defpath).split(os.pathsep)
    return environment | {
        "PATH": os.pathsep.join([str(SHIMS), *(folder for folder in path if folder != str(SHIMS))]),
        "OPENMARKET_EMULATOR_PYTHON": sys.executable,
        "OPENMARKET_EMULATOR_CODE": str(CODE),
        "OPENMARKET_EMULATOR_SHIMS": str(SHIMS),
        "OPENMARKET_EMULATOR_STATE": str(STATE),
        "OPENMARKET_EMULATOR_CACHE": str(CACHE),
        "PULUMI_HOME": str(_PULUMI_HOME),
        "PULUMI_BACKEND_URL": BACKEND.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(_PASSPHRASE),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "KUBECONFIG": str(kubeconfig),
        **SETTINGS.environment(),
        **_load_balancer(cluster),
    }


def check_format() -> None:
    """Mark new state with the format that it is kept in.

    Raises:
        RuntimeError: The state is of another format.
    """
    file = STATE / "format"
    found = file.read_text() if file.exists() else "1"
    if _PASSPHRASE.exists() and found != _FORMAT:
        raise RuntimeError(
            f"{STATE} was made by another version of the emulator: run `make down`, delete it, and begin anew."
        )
    if not file.exists():
        STATE.mkdir(parents=True, exist_ok=True)
        file.write_text(_FORMAT)


def _load_balancer(cluster: str) -> dict[str, str]:
    """Where `ops smoke` finds the cluster's load balancers, once there is one."""
    port = control_plane.listener_port(cluster)
    if not port.exists():
        return {}
    return {
        "OPENMARKET_LOAD_BALANCER": f"127.0.0.1:{port.read_text()}",
        "OPENMARKET_LOAD_BALANCER_CA": str(control_plane.certificate(cluster)),
    }


def _keep(path: Path, text: str) -> None:
    """Write a file that only its owner may read, unless another command has just done so: what is there stays."""
    temporary = path.with_suffix(f".{os.getpid()}")
    credentials.write_private(temporary, text)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(temporary)
    temporary.unlink()


def _script(path: Path, module: str, *arguments: str, shared: bool = False) -> None:
    """A script that runs one of our modules; a shared one lies in the cache and learns where they are at run time."""
    python = '"$OPENMARKET_EMULATOR_PYTHON"' if shared else f'"{sys.executable}"'
    code = '"$OPENMARKET_EMULATOR_CODE"' if shared else f'"{CODE}"'
    command = " ".join([python, "-m", module, *arguments, '"$@"'])
    text = f"#!/bin/sh\nPYTHONPATH={code} PYTHONSAFEPATH=1 exec {command}\n"
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(text)
    temporary.chmod(0o755)
    temporary.replace(path)


def _link(path: Path, target: Path) -> None:
    if path.is_symlink() and path.readlink() == target:
        return
    # Two commands may start at once: a link that is replaced is there all the time.
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(path)
