"""What an engine started ends with it, also where the engine was killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

_PATIENCE_SECONDS = 60
"""Only a failing test waits as long; a busy machine needs seconds to start an interpreter."""
_ENGINE = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-m", *sys.argv[1:], "127.0.0.1:1"], stdout=subprocess.PIPE, text=True)
print(child.pid, child.stdout.readline().strip(), flush=True)
sys.stdin.read()
"""


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("plugin", ["emulator.plugins random", "emulator.plugins eks", "emulator.language_host"])
def test_a_plugin_does_not_outlive_an_engine_that_was_killed(plugin: str, tmp_path: Path) -> None:
    environment = {**os.environ, "OPENMARKET_EMULATOR_STATE": str(tmp_path)}
    command = [sys.executable, "-c", _ENGINE, *plugin.split()]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout
        pid, port = (int(each) for each in engine.stdout.readline().split())
        assert port > 0
        assert runs(pid)
        engine.kill()
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while runs(pid) and time.monotonic() < give_up:
        time.sleep(0.1)
    assert not runs(pid)
