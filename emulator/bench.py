"""`make bench`: how long the main job takes here, on a simulated account of its own."""

import os
import subprocess
import sys
import tempfile
import time

from rich.console import Console
from rich.table import Table

from emulator import paths

STEPS: dict[str, list[str]] = {
    "up, nothing there": ["up", "--yes", "--skip-preview"],
    "up, nothing changed": ["up", "--yes", "--skip-preview", "--expect-no-changes"],
    "preview --refresh": ["preview", "--refresh", "--expect-no-changes"],
    "destroy": ["destroy", "--yes"],
}


def measure(stack: str) -> dict[str, float]:
    """Wall-clock seconds of each step, engine start-up included.

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
    """Print the figures of the stack named in `STACK`, the settings' by default."""
    stack = os.environ.get("STACK", paths.SETTINGS.stack)
    table = Table("Step", "Seconds", title=f"{stack}, {os.cpu_count()} processors", title_justify="left")
    for name, seconds in measure(stack).items():
        table.add_row(name, f"{seconds:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
