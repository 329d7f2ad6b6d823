"""Runs `pulumi` and yields the events of its engine while it runs.

The engine writes one JSON document per line into its event log. Everything `pulumi` prints goes to a second file, which
stays.
"""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis import stack_file
from ops.errors import NO_PULUMI, fail

Event = dict[str, Any]

_POLL = 0.2
"""Seconds between two looks at the event log."""
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Engine:
    """One run of `pulumi`.

    Attributes:
        log: The file that gets what `pulumi` prints.
        exit_code: That of `pulumi`; None while it runs.
        interruptions: How often somebody asked it to stop, with Ctrl-C for example. Asked once, the engine finishes
            what it has begun and saves the state; asked twice, it stops at once.
        ended_early: True if `end_early` asked it to stop.
    """

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        """Prepare `pulumi` with these arguments; `events` starts it."""
        self.log = log
        self.exit_code: int | None = None
        self.interruptions = 0
        self.ended_early = False
        self._process: subprocess.Popen[str] | None = None
        self._arguments = arguments

    def events(self) -> Iterator[list[Event]]:
        """Run it, and yield several times a second what the engine has reported since; nothing most of the time."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(prefix="openmarket-") as folder, self.log.open("w") as output:
            self.log.chmod(0o600)
            reader = EventLog(Path(folder) / "events.json")
            command = ["pulumi", *self._arguments, "--non-interactive", "--event-log", str(reader.file)]
            with self._passing_on(_start(command, output)) as process:
                self._process = process
                while process.poll() is None:
                    yield reader.read()
                    time.sleep(_POLL)
                self.exit_code = process.returncode
                yield reader.read()

    def end_early(self) -> None:
        """Ask the engine to stop: it finishes what it has begun, gives up what it waits for, and saves the state."""
        self.ended_early = True
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)

    @property
    def last_words(self) -> list[str]:
        """The errors that `pulumi` printed, without repetitions; without any, its last lines."""
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        return list(dict.fromkeys(errors)) or lines[-5:]

    @contextmanager
    def _passing_on(self, process: subprocess.Popen[str]) -> Generator[subprocess.Popen[str]]:
        """Meanwhile, whoever asks this command to stop asks the engine, which saves its state first."""

        def ask(_number: int, _frame: object) -> None:
            self.interruptions += 1
            if process.poll() is None:
                process.send_signal(signal.SIGINT)

        before = {number: signal.signal(number, ask) for number in _PASSED_ON}
        try:
            yield process
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            if process.poll() is None:  # only after an error of our own
                process.send_signal(signal.SIGINT)
                process.wait()


class EventLog:
    """The engine's event log, read as it grows.

    An operation with a preview opens the log twice, and the second time empties it. So whatever appears at the place is
    moved away at once: the engine goes on writing into it, and what it has not been read of yet is not lost.
    """

    def __init__(self, file: Path) -> None:
        """Read that file, which need not exist yet."""
        self.file = file
        self._number = 0
        self._position = 0
        self._rest = b""

    def read(self) -> list[Event]:
        """The complete events since the last call."""
        # The next log appears after the last word of the one before.
        follows = self.file.exists()
        events = self._new()
        if follows:
            self._number += 1
            self._rest = b""
            self.file.rename(self._moved)
            self._position = 0
            events += self._new()
        return events

    @property
    def _moved(self) -> Path:
        return self.file.with_suffix(f".{self._number}.json")

    def _new(self) -> list[Event]:
        if not self._number:
            return []
        with self._moved.open("rb") as opened:
            opened.seek(self._position)
            new = opened.read()
        self._position += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        return [json.loads(line) for line in lines if line.strip()]


def quiet(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a short `pulumi` command of the project and answer what it printed, whatever its exit code.

    Raises:
        typer.Exit: There is no `pulumi`.
    """
    try:
        return subprocess.run(
            ["pulumi", *arguments], capture_output=True, text=True, check=False, cwd=stack_file.PROJECT
        )
    except FileNotFoundError:
        fail(NO_PULUMI)


def environment(command: str) -> dict[str, str]:
    """Return the variables with which `pulumi <command>` runs: those of this process, and some for the engine."""
    # Without this variable the engine does not know `--event-log`.
    variables = os.environ | {"PULUMI_DEBUG_COMMANDS": "1"}
    if command == "preview":
        # The engine would write the whole state down after every resource, and throw it away: a preview saves nothing.
        variables["PULUMI_SKIP_CHECKPOINTS"] = "true"
    return variables


def _start(command: Sequence[str], output: Any) -> subprocess.Popen[str]:
    # The group of its own keeps Ctrl-C from reaching it twice: from the terminal, and from here.
    try:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True,
            cwd=stack_file.PROJECT, env=environment(command[1]), process_group=0,
        )  # fmt: skip
    except FileNotFoundError:
        fail(NO_PULUMI)
