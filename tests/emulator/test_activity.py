"""Which processes make an engine count as busy."""

import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emulator import activity

WAIT = "import sys; sys.stdin.read()"
COMPUTE = "print(flush=True)\nwhile True: pass"
_PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {code!r}], start_new_session={own_session})
print(child.pid, flush=True)
try:
    sys.stdin.read()
finally:
    child.kill()
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the machine has no /proc")


@contextmanager
def engine(code: str, *, own_session: bool = False) -> Generator[tuple[int, int]]:
    """A process that waits and has a child which runs this code: the numbers of both."""
    source = _PARENT.format(code=code, own_session=own_session)
    with subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        yield parent.pid, int(parent.stdout.readline())
        parent.communicate()


def computes_at_all(parent: int, without: tuple[int, ...] = ()) -> bool:
    """Whether it is at work whenever one looks: a process that waits may have been woken for a moment."""
    for _ in range(50):
        time.sleep(0.02)
        if not activity.computes(parent, without):
            return False
    return True


def test_a_child_that_computes_keeps_its_engine_busy() -> None:
    with engine(COMPUTE) as (parent, child):
        assert computes_at_all(parent)
        assert not computes_at_all(parent, without=(child,))


def test_an_engine_whose_child_waits_is_idle() -> None:
    with engine(WAIT) as (parent, _):
        assert not computes_at_all(parent)


def test_a_background_process_does_not_count() -> None:
    with engine(COMPUTE, own_session=True) as (parent, _):
        assert not computes_at_all(parent)


def test_the_caller_does_not_count() -> None:
    look = (
        "import os; from emulator import activity; print(any(not activity.computes(os.getppid()) for _ in range(50)))"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {look!r}], check=True)"
    asked = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "True"
