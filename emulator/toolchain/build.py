"""Builds the binaries that the cache lacks, and shows progress."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from emulator.paths import CACHE
from emulator.toolchain import installed
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
        missing = [toolset for toolset in toolsets or _for_deployments() if not toolset.complete()]
        tasks = [_Task(toolset, installed.find(toolset)) for toolset in missing]
        for task in tasks:
            task.say_found()
        # The modules of all toolsets are downloaded while the first one is compiled, which needs no network.
        with ThreadPoolExecutor() as pool:
            listings = [pool.submit(_listed, task) for task in tasks]
            for task, listing in zip(tasks, listings, strict=True):
                _provide(task, listing)


def _for_deployments() -> list[Toolset]:
    found = [(PULUMI, official_pulumi()), (KUBERNETES_PROVIDER, official_kubernetes_plugin())]
    return [*(toolset for toolset, path in found if path is None), KUBERNETES]


@dataclass(frozen=True)
class _Task:
    """A toolset that the cache lacks, and those of its binaries that the machine has."""

    toolset: Toolset
    found: Mapping[str, Path]

    @property
    def missing(self) -> list[str]:
        """Names of the binaries that have to be built."""
        return [name for name in self.toolset.binaries if name not in self.found]

    @property
    def packages(self) -> list[str]:
        """Their packages."""
        return self.toolset.packages(self.missing)

    def say_found(self) -> None:
        """Say which binaries of the machine are used."""
        for name, path in self.found.items():
            print(f"Using {path}, which is the {name} that is needed.", flush=True)


def _provide(task: _Task, listing: Future[int]) -> None:
    """Build the binaries that the machine lacks, and link the others."""
    toolset = task.toolset
    scratch = Path(tempfile.mkdtemp(prefix=f"{toolset.name}-", dir=CACHE))
    try:
        for name, path in task.found.items():
            (scratch / name).symlink_to(path)
        if task.missing:
            _build(task, scratch, listing)
        toolset.seal(scratch)
        shutil.rmtree(toolset.folder, ignore_errors=True)
        scratch.rename(toolset.folder)
        toolset.folder.chmod(0o755)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _build(task: _Task, scratch: Path, listing: Future[int]) -> None:
    """Build a task's missing binaries into a folder, and show progress.

    Raises:
        ToolchainError: Go is missing or too old, or the build failed; the message has its last lines.
    """
    toolset = task.toolset
    binaries = ", ".join(task.missing)
    print(f"Building {toolset.name} {toolset.version} ({binaries}) from source, once per machine.", flush=True)
    command = [_go(), "build", "-v", "-trimpath", "-ldflags", toolset.ldflags, "-o", f"{scratch}/", *task.packages]
    _run(command, toolset, listing.result())
    for name in task.missing:
        if name != toolset.binaries[name]:
            (scratch / toolset.binaries[name]).rename(scratch / name)


def _listed(task: _Task) -> int:
    """Download the modules of a task's packages, and return the number of packages; 0 if there is nothing to build.

    Raises:
        ToolchainError: Go is missing or too old.
    """
    if not task.missing:
        return 0
    command, name = [_go(), "list", "-deps", *task.packages], task.toolset.name

    def described(_: int, line: str) -> str:
        return f"{name}: downloading, now {line.removeprefix('go: ')}"

    listed, _, failed = _follow(command, task.toolset, described)
    return 0 if failed else listed


def _run(command: list[str], toolset: Toolset, packages: int) -> None:
    """Run `go build` and show its progress; `packages` is their number, 0 if unknown.

    Raises:
        ToolchainError: The build failed; the message has its last lines.
    """
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
    # The compiler collects garbage less often, which saves a sixth of its CPU time, as long as it needs below 2 GiB.
    fast = {"GOGC": "400", "GOMEMLIMIT": "2GiB"}
    fixed = {"GOWORK": "off", "GOFLAGS": "-mod=readonly -buildvcs=false", "CGO_ENABLED": "0"}
    environment = {**fast, **os.environ, **fixed}
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
