"""Prepares the environment in which commands use the emulator instead of AWS."""

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
from emulator.snapshots import replacing

SHIMS = STATE / "bin"
BACKEND = STATE / "backend"

_PULUMI_HOME = STATE / "pulumi-home"
_PASSPHRASE = STATE / "passphrase"
_REAL_ACCOUNTS = ("AWS_", "PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "KUBECONFIG")
_LEFT_OUT = (*_REAL_ACCOUNTS, "PYTHONDONTWRITEBYTECODE")
_PACKAGES = ("aws", "eks", "kubernetes", "random")
FORMAT = "3"
"""Format of the state folder. Format 1 had objects of a simulated Kubernetes provider, format 2 clusters without
authentication."""


def prepare() -> None:
    """Create the files that the environment refers to: provider plugins, commands, the state backend's passphrase.

    Raises:
        RuntimeError: The state has the format of another version of the emulator.
    """
    replacing.recover(STATE)
    check_format()
    for folder in (SHIMS, BACKEND):
        folder.mkdir(parents=True, exist_ok=True)
    drop_torn_attributes(BACKEND / ".pulumi")
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


def drop_torn_attributes(state: Path) -> None:
    """Delete the empty files of attributes that an engine leaves which is killed between two writes.

    A backend in a folder has such a file beside each of its own, and is "EOF" to Pulumi while one is empty. Nothing is
    in them that it needs. Backends in S3 have none.
    """
    for folder in ("stacks", "locks"):
        for file in (state / folder).rglob("*.attrs"):
            with contextlib.suppress(FileNotFoundError):  # Another command deletes it, too.
                if not file.stat().st_size:
                    file.unlink()


def installed() -> Iterator[tuple[str, str]]:
    """Yield the emulator's provider packages whose SDK is installed, with the SDK's version."""
    for package in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            yield package, importlib.metadata.version(f"pulumi-{package}")


def variables(kubeconfig: Path, cluster: str) -> dict[str, str]:
    """Return a command's environment variables: the caller's, without those of real accounts and clusters.

    Python keeps compiled modules in any case: to compile the SDKs in every process costs each command seconds.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith(_LEFT_OUT)}
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
    """Check the format of the state, or record it in new state.

    Raises:
        RuntimeError: The state has the format of another version of the emulator.
    """
    file = STATE / "format"
    found = file.read_text() if file.exists() else "1"
    if _PASSPHRASE.exists() and found != FORMAT:
        raise RuntimeError(
            f"{STATE} was created by another version of the emulator: run `make down` and delete it to start again."
        )
    if not file.exists():
        STATE.mkdir(parents=True, exist_ok=True)
        file.write_text(FORMAT)


def _load_balancer(cluster: str) -> dict[str, str]:
    """Return variables with which `ops smoke` reaches the cluster's load balancers; empty if there are none yet."""
    port = control_plane.listener_port(cluster)
    if not port.exists():
        return {}
    return {
        "OPENMARKET_LOAD_BALANCER": f"127.0.0.1:{port.read_text()}",
        "OPENMARKET_LOAD_BALANCER_CA": str(control_plane.certificate(cluster)),
    }


def _keep(path: Path, text: str) -> None:
    """Write a file that only its owner may read, unless it exists, even if another command has just written it."""
    temporary = path.with_suffix(f".{os.getpid()}")
    credentials.write_private(temporary, text)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(temporary)
    temporary.unlink()


def _script(path: Path, module: str, *arguments: str, shared: bool = False) -> None:
    """Write a script that runs a module of the emulator. A shared one finds the module at run time."""
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
    # Two commands may start at once, so the link is replaced and never missing.
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(path)
