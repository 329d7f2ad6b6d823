"""Background processes: started once, recorded with their start time, ended by pid and by nothing else."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from emulator.paths import STATE

_RECORDS = STATE / "processes"
_LOG_LIMIT = 20 * 1024 * 1024

_KILLED_SECONDS = 10
"""In which a busy machine gets round to ending what nothing can keep alive."""


@dataclass(frozen=True)
class Process:
    """A recorded process. `started` is the kernel's start tick, so that a reused pid is never mistaken for ours."""

    name: str
    pid: int
    started: str
    log: str


def start(
    name: str, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> int:
    """Start a detached process under that name in the folder, or answer the pid of the one that already runs.

    Output is appended to `log`. It outlives the caller; `stop` ends it.
    """
    running = _find(name)
    if running is not None:
        return running.pid
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".1.log"))
    descriptor = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "ab") as output:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(env) if env is not None else None,
            cwd=folder,
            start_new_session=True,
        )
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(Process(name, process.pid, _start_tick(process.pid), str(log)))))
    return process.pid


def alive(name: str) -> bool:
    """Whether the process recorded under that name still runs."""
    return _find(name) is not None


def stop(name: str, timeout: float = 10) -> None:
    """Ask the process to end and, after `timeout` seconds, end it. No error when it is already gone."""
    process = _find(name)
    if process is not None:
        _signal(process.pid, signal.SIGTERM)
        if not _ends(name, timeout):
            _signal(process.pid, signal.SIGKILL)
            _ends(name, _KILLED_SECONDS)
    _path(name).unlink(missing_ok=True)


def recorded() -> list[Process]:
    """Every process that was started and not stopped, running or crashed."""
    return [found for path in sorted(_RECORDS.rglob("*.json")) if (found := _read(path))]


def _ends(name: str, timeout: float) -> bool:
    give_up = time.monotonic() + timeout
    while _find(name) is not None:
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def _path(name: str) -> Path:
    return _RECORDS / f"{name}.json"


def _find(name: str) -> Process | None:
    process = _read(_path(name))
    if process is None:
        return None
    _reap(process.pid)
    return process if process.started and _start_tick(process.pid) == process.started else None


def _read(path: Path) -> Process | None:
    """The record in a file; None if there is none, or one that was cut off: the process has then to be started anew."""
    try:
        return Process(**json.loads(path.read_text()))
    except (FileNotFoundError, TypeError, ValueError):
        return None


def _reap(pid: int) -> None:
    """Collect a child of ours that has ended: until then the kernel still lists it."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _start_tick(pid: int) -> str:
    """When the kernel started the process, as `/proc` (Linux) or `ps` (macOS) tells it; empty when it does not run."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return "" if fields[0] in {"Z", "X"} else fields[19]
    listing = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "" if listing.stdout.startswith("Z") else listing.stdout.strip()[1:]
