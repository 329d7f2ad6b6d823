"""Manages background processes: each is started once, recorded with its start time, and ended by its pid."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from emulator.paths import STATE

_RECORDS = STATE / "processes"
_LOG_LIMIT = 20 * 1024 * 1024

_KILLED_SECONDS = 10
"""Seconds to wait for the end of a killed process on a busy machine."""

_PAUSED_SECONDS = 10
"""Seconds to wait until the threads of a suspended process have stopped: some may be in a call of the kernel."""


@dataclass(frozen=True)
class Process:
    """A recorded process. `started` is the kernel's start time, so that a reused pid is never mistaken for it."""

    name: str
    pid: int
    started: str
    log: str


def start(
    name: str, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> int:
    """Start a detached process with a name in the folder, unless it runs already, and return its pid.

    Its output is appended to `log`. The process outlives the caller; `stop` ends it.
    """
    running = _find(name)
    if running is not None:
        _signal(running.pid, signal.SIGCONT)  # it may have been paused by a process that was killed
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
    """Return whether the process that is recorded with the name runs."""
    return _find(name) is not None


def stop(name: str, timeout: float = 10) -> None:
    """Terminate the process, and kill it after `timeout` seconds. It is no error if it does not run or is paused."""
    process = _find(name)
    if process is not None:
        _signal(process.pid, signal.SIGTERM)
        _signal(process.pid, signal.SIGCONT)
        if not _ends(name, timeout):
            _signal(process.pid, signal.SIGKILL)
            _ends(name, _KILLED_SECONDS)
    _path(name).unlink(missing_ok=True)


def pause(name: str) -> None:
    """Suspend the process and wait until none of its threads runs. It is no error if it does not run.

    Raises:
        TimeoutError: A thread goes on.
    """
    process = _find(name)
    if process is None:
        return
    _signal(process.pid, signal.SIGSTOP)
    give_up = time.monotonic() + _PAUSED_SECONDS
    while not _is_paused(process.pid):
        if time.monotonic() > give_up:
            raise TimeoutError(f"{name} (process {process.pid}) cannot be paused")
        time.sleep(0.005)


def resume(name: str) -> None:
    """Let the process go on if it is paused."""
    process = _find(name)
    if process is not None:
        _signal(process.pid, signal.SIGCONT)


def recorded() -> list[Process]:
    """Return every process that was started and not stopped, whether it runs or has crashed."""
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
    """Read a record; None if there is none, or if it is incomplete, so that the process is started again."""
    try:
        return Process(**json.loads(path.read_text()))
    except (FileNotFoundError, TypeError, ValueError):
        return None


def _reap(pid: int) -> None:
    """Reap the process if it is an ended child, which the kernel lists until then."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _is_paused(pid: int) -> bool:
    """Return whether no thread of the process runs, or none can any more because it has ended."""
    if not Path("/proc/self/stat").exists():
        listing = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return listing.stdout[:1] in ("T", "Z", "")
    return all(state in ("T", "t", "Z", "X") for state in thread_states(pid))


def thread_states(pid: int) -> Generator[str]:
    """Yield the states of the process' threads, by proc_pid_stat(5); none if it has ended, or without `/proc`."""
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            yield stat_fields(stat)[0]


def stat_fields(stat: Path) -> list[str]:
    """Return what `/proc` has of a process after its name, which may contain spaces and parentheses.

    Raises:
        FileNotFoundError, ProcessLookupError: It has ended.
    """
    return stat.read_text().rsplit(")", 1)[1].split()


def _start_tick(pid: int) -> str:
    """Return the start time of the process from `/proc` (Linux) or `ps` (macOS); empty if it does not run."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat_fields(stat)
        except (FileNotFoundError, ProcessLookupError):
            return ""
        # Its sockets are open until the last of its threads has ended, which may be after the first one.
        ended = fields[0] in {"Z", "X"} and int(fields[17]) <= 1
        return "" if ended else fields[19]
    listing = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "" if listing.stdout.startswith("Z") else listing.stdout.strip()[1:]
