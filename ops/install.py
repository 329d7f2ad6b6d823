"""`python ops/install.py FILE...`: install the packages of requirements files with pip, showing how far it is.

Runs before anything is installed, so it needs nothing but Python. pip itself is silent for minutes while it unpacks.
"""

import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

_TICK = 5
"""Seconds between two lines."""


class Installation:
    """The progress of pip, by its output."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.found = 0
        self.to_unpack = 0
        self.now = "looking packages up"
        self.tail: list[str] = []

    def hears(self, line: str) -> None:
        """Take in a line of pip's."""
        self.tail = [*self.tail[-14:], line.rstrip()]
        words = line.split()
        if words[:1] == ["Collecting"]:
            self.found += 1
            self.now = f"looking up {words[1].partition('=')[0]}"
        elif words[:1] == ["Downloading"]:
            self.now = f"downloading {words[1].rpartition('/')[2]} {' '.join(words[2:])}".strip()
        elif words[:3] == ["Installing", "collected", "packages:"]:
            self.to_unpack = len(words) - 3

    def progress(self, unpacked: int) -> str:
        """Return the progress as text; `unpacked` is the number of packages that are unpacked already."""
        if self.to_unpack:
            return f"unpacked {min(unpacked, self.to_unpack)} of {self.to_unpack} packages"
        return f"{self.found} packages found, {self.now}"


def install(files: list[str]) -> int:
    """Install the packages and answer pip's exit code; if it is not 0, pip's last lines are printed."""
    command = [sys.executable, "-m", "pip", "install", "--no-compile", "--disable-pip-version-check", "--no-input"]
    command += ["--progress-bar", "off", *(word for file in files for word in ("-r", file))]
    before, started, state = _installed(), time.monotonic(), Installation()
    print(f"Installing Python packages of {', '.join(files)} into {sys.prefix}", flush=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        reader = Thread(target=lambda: [state.hears(line) for line in pip.stdout or ()])
        reader.start()
        for seconds in _ticks(pip, started):
            print(f"  {seconds:4.0f} s  {state.progress(_installed() - before)}", flush=True)
        reader.join()
    seconds = time.monotonic() - started
    if pip.returncode:
        print("\n".join(state.tail), file=sys.stderr)
        print(f"pip failed after {seconds:.0f} s: its last lines are above.", file=sys.stderr)
    else:
        print(f"  {seconds:4.0f} s  {_installed() - before} packages installed", flush=True)
    return pip.returncode


def _ticks(process: "subprocess.Popen[str]", started: float) -> Iterator[float]:
    """The seconds since the start, now and then until the process ends."""
    while True:
        try:
            process.wait(_TICK)
        except subprocess.TimeoutExpired:
            yield time.monotonic() - started
        else:
            return


def _installed() -> int:
    """Return the number of packages that are unpacked here."""
    return len(list(Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info")))


if __name__ == "__main__":
    sys.exit(install(sys.argv[1:]))
