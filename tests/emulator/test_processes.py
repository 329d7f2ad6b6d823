"""Background processes are found again, and nothing else is ever signalled."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import processes

_PATIENCE_SECONDS = 60
"""Only a failing test waits as long; a busy machine needs seconds to start an interpreter."""
SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


@pytest.fixture(autouse=True)
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "processes"
    monkeypatch.setattr(processes, "_RECORDS", folder)
    yield folder
    for process in processes.recorded():
        processes.stop(process.name)


def test_start_is_idempotent_and_stop_ends_it(tmp_path: Path) -> None:
    pid = processes.start("dev/sleep", SLEEP, tmp_path / "log")
    assert processes.start("dev/sleep", SLEEP, tmp_path / "log") == pid
    assert processes.alive("dev/sleep")
    processes.stop("dev/sleep")
    assert not processes.alive("dev/sleep")
    assert processes.recorded() == []


def test_a_crashed_process_is_recorded_but_not_alive(tmp_path: Path) -> None:
    processes.start("crash", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "log")
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while processes.alive("crash") and time.monotonic() < give_up:
        time.sleep(0.02)
    assert not processes.alive("crash")
    assert [process.name for process in processes.recorded()] == ["crash"]


def test_a_reused_pid_is_not_ours(records: Path, tmp_path: Path) -> None:
    pid = processes.start("ours", SLEEP, tmp_path / "log")
    processes.stop("ours")
    stranger = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL)
    try:
        record = {"name": "ours", "pid": stranger.pid, "started": "1", "log": ""}
        (records / "ours.json").write_text(json.dumps(record))
        assert not processes.alive("ours")
        processes.stop("ours")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
    assert pid


def test_a_process_that_ignores_the_signal_is_ended(tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    log = tmp_path / "log"
    pid = processes.start("stubborn", [sys.executable, "-c", stubborn], log)
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while "up" not in log.read_text() and time.monotonic() < give_up:
        time.sleep(0.02)
    processes.stop("stubborn", timeout=0.5)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


COUNTING = """
import sys, threading, time
def count():
    while True:
        print("x", flush=True)
        time.sleep(0.001)
for _ in range(3):
    threading.Thread(target=count).start()
"""


def grows(log: Path) -> bool:
    before = log.stat().st_size
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while log.stat().st_size == before and time.monotonic() < give_up:
        time.sleep(0.02)
    return log.stat().st_size > before


def test_a_paused_process_writes_nothing_until_it_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes.start("writer", [sys.executable, "-c", COUNTING], log)
    assert grows(log)
    processes.pause("writer")
    size = log.stat().st_size
    time.sleep(0.1)
    assert log.stat().st_size == size
    assert processes.alive("writer")
    processes.resume("writer")
    assert grows(log)


def test_a_process_that_stayed_paused_goes_on_when_it_is_needed(tmp_path: Path) -> None:
    """Whoever paused it may have been killed."""
    log = tmp_path / "log"
    argv = [sys.executable, "-c", COUNTING]
    pid = processes.start("writer", argv, log)
    assert grows(log)
    processes.pause("writer")
    assert processes.start("writer", argv, log) == pid
    assert grows(log)


def test_a_paused_process_ends_as_others_do(tmp_path: Path) -> None:
    """By the signal that it can handle, and not only after the time that a stubborn one gets."""
    handles = "import signal, sys, time; signal.signal(15, lambda *_: (print('bye', flush=True), sys.exit()));"
    log = tmp_path / "log"
    processes.start("polite", [sys.executable, "-c", f"{handles} print('up', flush=True); time.sleep(60)"], log)
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while "up" not in log.read_text() and time.monotonic() < give_up:
        time.sleep(0.02)
    processes.pause("polite")
    processes.stop("polite", timeout=_PATIENCE_SECONDS)
    assert log.read_text().endswith("bye\n")


def test_what_does_not_run_needs_no_pause() -> None:
    processes.pause("nothing")
    processes.resume("nothing")
