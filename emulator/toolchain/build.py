"""Builds the binaries that the cache lacks, and shows progress."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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


def _for_deployments() -> list[Toolset]:
    found = [(PULUMI, official_pulumi()), (KUBERNETES_PROVIDER, official_kubernetes_plugin())]
    return [KUBERNETES, *(toolset for toolset, path in found if path is None)]


def _build(toolset: Toolset) -> None:
    go = _go()
    binaries = ", ".join(toolset.binaries)
    print(f"Building {toolset.name} {toolset.version} ({binaries}) from source, once per machine.", flush=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{toolset.name}-", dir=CACHE))
    try:
        command = [go, "build", "-v", "-trimpath", "-ldflags", toolset.ldflags, "-o", f"{scratch}/", toolset.package]
        _run(command, toolset)
        for name, built in toolset.binaries.items():
            if name != built:
                (scratch / built).rename(scratch / name)
        toolset.seal(scratch)
        shutil.rmtree(toolset.folder, ignore_errors=True)
        scratch.rename(toolset.folder)
        toolset.folder.chmod(0o755)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run(command: list[str], toolset: Toolset) -> None:
    """Run `go build` and show its progress.

    Raises:
        ToolchainError: The build failed; the message has its last lines.
    """
    # Listing the packages also downloads their modules, as the build would do first.
    listing = [command[0], "list", "-deps", toolset.package]
    listed, _, failed = _follow(listing, toolset, lambda _, line: f"downloading, now {line.removeprefix('go: ')}")
    packages = 0 if failed else listed
    started = time.monotonic()
    _, tail, failed = _follow(command, toolset, lambda compiled, line: progress(compiled, packages, line))
    if failed:
        raise ToolchainError("\n".join([f"`{' '.join(command)}` failed in {toolset.module}:", *tail]))
    print(f"  {time.monotonic() - started:4.0f} s  built", flush=True)


def progress(compiled: int, packages: int, now: str) -> str:
    """Return how far a build is, such as `812 of 1,630 packages (49 %), now k8s.io/api`; `packages` is 0 if unknown."""
    of = f" of {packages:,} packages ({100 * min(compiled, packages) // packages} %)" if packages else " packages"
    return f"{compiled:,}{of}, now {now}"


def _follow(command: list[str], toolset: Toolset, described: Callable[[int, str], str]) -> tuple[int, list[str], bool]:
    """Run a Go command that prints a package per line, and show progress, which `described` words, now and then.

    Returns:
        The number of packages, the last lines of output, and True if the command failed.
    """
    started = shown = time.monotonic()
    tail: list[str] = []
    packages = 0
    # A Go workspace or flags of the user must not change what is built from the pinned modules.
    environment = {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly -buildvcs=false", "CGO_ENABLED": "0"}
    with subprocess.Popen(
        command, cwd=toolset.module, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            tail = [*tail[-19:], line.rstrip()]
            packages += not line.startswith("go: ")
            if time.monotonic() - shown > _TICK:
                shown = time.monotonic()
                print(f"  {shown - started:4.0f} s  {described(packages, line.strip())}", flush=True)
    return packages, tail, process.returncode != 0


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
