"""What the emulator's `pulumi` asks of the real one."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from emulator import pulumi_command, toolchain, workspace


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[list[list[str]]]:
    """The arguments of every call of the real `pulumi`, with the environment as it then is."""
    calls: list[list[str]] = []
    before = Path.cwd()
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(toolchain, "binary", lambda name: tmp_path / name)
    monkeypatch.setattr(workspace, "synchronise", lambda: tmp_path)
    monkeypatch.setattr(os, "execv", lambda _file, words: calls.append(words))
    yield calls
    os.chdir(before)


@pytest.mark.parametrize(
    ("words", "checkpoints", "debug"),
    [
        (["preview", "--stack", "dev"], False, False),
        (["--logtostderr", "preview", "--debug"], False, True),
        (["up", "--yes"], True, False),
        (["destroy", "-d"], True, True),
    ],
)
def test_previews_save_no_steps_and_debug_messages_are_on_demand(
    words: list[str], checkpoints: bool, debug: bool, called: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["pulumi", *words])
    pulumi_command.main()
    assert called == [["pulumi", *words]]
    assert ("PULUMI_SKIP_CHECKPOINTS" not in os.environ) == checkpoints
    assert (pulumi_command.DEBUG in os.environ) == debug


@pytest.mark.parametrize("word", ["set", "rm", "refresh"])
def test_a_copy_of_the_stack_file_is_not_changed(
    word: str, called: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["pulumi", "config", word, "a"])
    with pytest.raises(SystemExit, match=r"edit Pulumi\.<stack>\.yaml"):
        pulumi_command.main()
    assert called == []
