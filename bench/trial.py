"""Runs commands in a simulated account of its own, and measures them."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Attributes:
        seconds: Wall-clock time, with the start of the engine.
        cpu: CPU seconds of the command and of the processes that it waited for.
        peak: Resident memory of the largest of these processes, in MiB.
        output: What it printed.
    """

    seconds: float
    cpu: float
    peak: float
    output: str


class Trial:
    """One simulated account, and the program in it."""

    def __init__(self, project: Path, state: Path, variables: Mapping[str, str]) -> None:
        """Use the program in the folder `project`, with the emulator's state in `state`."""
        self.state = state
        self._project = project
        # The bench's own environment must not decide where a command finds its program or its state.
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("OPENMARKET_", "PULUMI_"))}
        self._environment = kept | {
            "OPENMARKET_EMULATOR_STATE": str(state),
            "OPENMARKET_EMULATOR_PROJECT": str(project),
            "PYTHONPATH": str(PROJECT),
            **variables,
        }

    def run(self, *command: str) -> Measured:
        """Run a command in the emulator's environment.

        Raises:
            SystemExit: It failed; its output has been printed.
        """
        return self._measured("run", "--stack", "dev", "--", *command)

    def down(self) -> None:
        """Stop the emulator's processes."""
        self._measured("down")

    def _measured(self, *arguments: str) -> Measured:
        return measured([sys.executable, "-m", "emulator", *arguments], self._project, self._environment)


def measured(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Measured:
    """Run a command in a folder.

    Raises:
        SystemExit: It failed; its output has been printed.
    """
    with tempfile.TemporaryFile("w+") as output:
        begun = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    if process.returncode:
        print(printed, file=sys.stderr)
        sys.exit(f"`{' '.join(command)}` failed")
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


@contextmanager
def trial(project: Path = PROJECT, **variables: str) -> Generator[Trial]:
    """Open a fresh account, and stop and delete it at the end."""
    with tempfile.TemporaryDirectory(prefix="openmarket-bench-") as state:
        found = Trial(project, Path(state), variables)
        found.run("pulumi", "stack", "select", "--create", "--stack", "dev")
        try:
            yield found
        finally:
            found.down()
