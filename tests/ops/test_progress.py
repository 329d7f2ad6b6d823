"""A terminal is told whom a command asks once it has been silent for long, and nobody else is."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from rich.console import Console

from ops import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    opened = Terminal()
    # Loaded here, and not within the time that a test gives.
    Console(file=io.StringIO()).status("")
    # Not in `sys` itself, where pytest puts its own before each test.
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=opened))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_QUIET_SECONDS", 0.2)
    monkeypatch.setattr(progress, "_begun", [])
    return opened


def ask(seconds: float, whom: str = "AWS") -> None:
    with progress.asking(whom):
        time.sleep(seconds)


def test_a_long_question_is_told(terminal: Terminal) -> None:
    ask(1)
    assert "asking AWS" in terminal.getvalue()


def test_a_short_one_is_not_but_many_are(terminal: Terminal) -> None:
    ask(0.01)
    assert terminal.getvalue() == ""
    for _ in range(12):
        ask(0.1)
    assert "asking AWS" in terminal.getvalue()


def test_one_of_several_at_a_time_is(terminal: Terminal) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda whom: ask(1, whom), ("Pulumi", "AWS")))
    assert ("Pulumi" in terminal.getvalue()) != ("AWS" in terminal.getvalue())


def test_nothing_is_printed_where_nobody_looks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_QUIET_SECONDS", 0)
    ask(0.2)
    assert capsys.readouterr() == ("", "")


@progress.asking("AWS")
def fail_late() -> None:
    time.sleep(0.4)
    raise ValueError("no answer")


def test_an_error_ends_it(terminal: Terminal) -> None:
    with pytest.raises(ValueError, match="no answer"):
        fail_late()
    shown = terminal.getvalue()
    time.sleep(0.3)
    assert terminal.getvalue() == shown
