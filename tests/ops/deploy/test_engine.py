"""Events are read as they come, and whoever stops the command stops the engine first."""

import os
import signal
import stat
from pathlib import Path

import pytest

from ops.deploy.engine import Engine, EventLog, environment
from tests.ops.deploy.events import FakePulumi, says


def test_an_event_is_read_when_its_line_is_complete(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.json")
    assert log.read() == []
    with log.file.open("w") as written:
        written.write('{"a": 1}\n{"b"')
        written.flush()
        assert log.read() == [{"a": 1}]
        written.write(": 2}\n")
        written.flush()
        assert log.read() == [{"b": 2}]


def test_nothing_is_lost_when_the_update_begins_a_log_of_its_own(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.json")
    with log.file.open("w") as preview:
        preview.write('{"a": 1}\n')
        preview.flush()
        assert log.read() == [{"a": 1}]
        # The last word of the preview, and the first of the update, between two looks.
        preview.write('{"b": 2}\n')
    log.file.write_text('{"c": 3}\n')
    assert log.read() == [{"b": 2}, {"c": 3}]


def test_both_logs_of_an_operation_are_read(pulumi: FakePulumi, tmp_path: Path) -> None:
    first, second = [says(str(number)) for number in range(300)], [says("update")]
    pulumi.answers(first, second, printed="all of it", code=3)
    engine = Engine(["up"], tmp_path / "up.log")
    read = [event for events in engine.events() for event in events]
    assert read[-1] == second[0]
    assert engine.exit_code == 3
    assert engine.log.read_text() == "all of it\n"
    assert stat.S_IMODE(engine.log.stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_the_command_stops_the_engine_first(
    pulumi: FakePulumi, tmp_path: Path, number: signal.Signals
) -> None:
    pulumi.answers([says("hello")], printed="saved", code=1, waits=True)
    engine = Engine(["up"], tmp_path / "up.log")
    before = signal.getsignal(number)
    for events in engine.events():
        if events:
            os.kill(os.getpid(), number)
    assert engine.interruptions == 1
    assert engine.exit_code == 1
    assert engine.log.read_text() == "saved\n"
    assert signal.getsignal(number) == before


def test_errors_that_are_no_events_are_its_last_words(pulumi: FakePulumi, tmp_path: Path) -> None:
    pulumi.answers(
        [], printed="Loading\nerror: the stack is currently locked\nerror: the stack is currently locked", code=1
    )
    engine = Engine(["up"], tmp_path / "up.log")
    assert list(engine.events())
    assert engine.last_words == ["the stack is currently locked"]


@pytest.mark.parametrize(("command", "skipped"), [("preview", True), ("up", False), ("destroy", False)])
def test_only_a_preview_goes_without_saving_every_step(command: str, skipped: bool) -> None:
    # An update that is killed has to find in its state what it has made.
    assert ("PULUMI_SKIP_CHECKPOINTS" in environment(command)) == skipped
