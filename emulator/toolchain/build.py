"""Builds the binaries that the cache lacks, and shows progress."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from emulator.paths import CACHE
from emulator.toolchain.toolsets import (
    KUBERNETES,
    KUBERNETES_PROVIDER,
    PULUMI,
    Toolset,
    official_kubernetes_plugin,
    official_pulumi,
)

_GO_MINIMUM = (1, 26, 6)
_TICK = 10
"""Seconds between two lines of progress."""


class ToolchainError(Exception):
    """A binary cannot be provided; the message says what to do."""


def ensure(*toolsets: Toolset) -> None:
    """Build the binaries of the toolsets, unless the cache has them; without `toolsets`, those that deployments need.

    An interrupted build continues where it stopped, because Go caches compiled packages. A damaged cache folder is
    replaced.

    Raises:
        ToolchainError: Go is missing or too old, or a build failed.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second command waits here instead of building the same binaries
        for toolset in toolsets or _for_deployments():
            if not toolset.complete():
                _build(toolset)
            print(f"{toolset.name} {toolset.version}: {toolset.folder}")


def _for_deployments() -> list[Toolset]:
    found = [(PULUMI, official_pulumi()), (KUBERNETES_PROVIDER, official_kubernetes_plugin())]
    for toolset, path in found:
        if path:
            print(f"{toolset.name}: {path} (installed on this machine)")
    return [KUBERNETES, *(toolset for toolset, path in found if path is None)]


def _build(toolset: Toolset) -> None:
    go = _go()
    print(f"Building {toolset.name} {toolset.version} from source, once; this can take minutes.", flush=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{toolset.name}-", dir=CACHE))
    try:
        command = [go, "build", "-v", "-trimpath", "-ldflags", toolset.ldflags, "-o", f"{scratch}/", toolset.package]
        _run(command, toolset.module)
        for name, built in toolset.binaries.items():
            if name != built:
                (scratch / built).rename(scratch / name)
        toolset.seal(scratch)
        shutil.rmtree(toolset.folder, ignore_errors=True)
        scratch.rename(toolset.folder)
        toolset.folder.chmod(0o755)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run(command: list[str], module: Path) -> None:
    """Run `go build -v`, which prints each package that it compiles; keep the last lines for an error message."""
    started = shown = time.monotonic()
    tail: list[str] = []
    compiled = 0
    # A Go workspace or flags of the user must not change what is built from the pinned modules.
    environment = {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly -buildvcs=false", "CGO_ENABLED": "0"}
    with subprocess.Popen(
        command, cwd=module, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            tail = [*tail[-19:], line.rstrip()]
            compiled += "/" in line and not line.startswith("go: ")
            if time.monotonic() - shown > _TICK:
                shown = time.monotonic()
                print(f"  {shown - started:4.0f} s, {compiled} packages compiled, now {line.strip()}", flush=True)
    if process.returncode:
        raise ToolchainError("\n".join([f"`{' '.join(command)}` failed in {module}:", *tail]))


def _go() -> str:
    """Return the path of the Go command.

    Raises:
        ToolchainError: Go is not installed, or is too old for the pinned modules.
    """
    minimum = ".".join(map(str, _GO_MINIMUM))
    go = shutil.which("go")
    if go is None:
        raise ToolchainError(
            f"Go is not on PATH. The emulator builds its Kubernetes control plane (and Pulumi, where there is no "
            f"Pulumi CLI) from source: install Go {minimum} or newer from https://go.dev/doc/install and run the "
            f"command again. Unit tests (`make test`) need no Go."
        )
    version = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()
    numbers = tuple(int(part) for part in version.removeprefix("go").split("-")[0].split("."))
    if numbers < _GO_MINIMUM:
        raise ToolchainError(f"{go} is {version}; the pinned modules need Go {minimum} or newer.")
    return go


def main() -> None:
    """Build the toolsets that deployments need."""
    try:
        ensure()
    except ToolchainError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
