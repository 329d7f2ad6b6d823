"""The exit code of `doctor` is about the stack, whatever happens to doctor itself."""

from typing import NoReturn

import pytest
from typer.testing import CliRunner

from ops.__main__ import app
from ops.doctor import showing


@pytest.mark.parametrize("words", [[], ["--before"]])
def test_a_defect_of_doctor_is_not_taken_for_one_of_the_stack(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_stack: str, _as_json: bool) -> NoReturn:
        raise KeyError("a field that is not there")

    monkeypatch.setattr(showing, "show", fail)
    monkeypatch.setattr(showing, "before", fail)
    done = CliRunner().invoke(app, ["doctor", "--stack", "dev", *words])
    assert done.exit_code == 2
    assert "a field that is not there" in done.output
