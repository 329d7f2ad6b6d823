"""Measures the time of deployments on a simulated account of its own: `make bench`."""

import os
import subprocess
import sys
import tempfile
import time

from rich.console import Console
from rich.table import Table

from emulator import paths

STEPS: dict[str, list[str]] = {
    "up, new stack": ["up", "--yes", "--skip-preview"],
    "up, no changes": ["up", "--yes", "--skip-preview", "--expect-no-changes"],
    "preview --refresh": ["preview", "--refresh", "--expect-no-changes"],
    "destroy": ["destroy", "--yes"],
}


def measure(stack: str) -> dict[str, float]:
    """Return the wall-clock seconds of each step, including the start of the engine.

    Raises:
        subprocess.CalledProcessError: A step failed; its output has been printed.
    """
    with tempfile.TemporaryDirectory(prefix="openmarket-bench-") as state:
        environment = os.environ | {"OPENMARKET_EMULATOR_STATE": state, "PYTHONPATH": str(paths.CODE)}

        def emulator(*arguments: str) -> None:
            command = [sys.executable, "-m", "emulator", *arguments]
            done = subprocess.run(
                command, cwd=paths.PROJECT, env=environment, text=True, capture_output=True, check=False
            )
            if done.returncode:
                print(done.stdout, done.stderr, file=sys.stderr)
                done.check_returncode()

        seconds: dict[str, float] = {}
        try:
            emulator("run", "--", "pulumi", "stack", "select", "--create", "--stack", stack)
            for name, arguments in STEPS.items():
                started = time.monotonic()
                emulator("run", "--", "pulumi", *arguments, "--stack", stack, "--non-interactive")
                seconds[name] = time.monotonic() - started
        finally:
            emulator("down")
        return seconds


def main() -> None:
    """Print the times of the stack that `STACK` names, by default the settings' stack."""
    stack = os.environ.get("STACK", paths.SETTINGS.stack)
    table = Table("Step", "Seconds", title=f"{stack}, {os.cpu_count()} processors", title_justify="left")
    for name, seconds in measure(stack).items():
        table.add_row(name, f"{seconds:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
