"""A `pulumi` whose answers a test decides, and a folder for logs."""

from pathlib import Path

import pytest

from ops.deploy import logs
from tests.ops.deploy.events import FakePulumi


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    monkeypatch.setattr(logs, "_folder", lambda: tmp_path / "logs")
    monkeypatch.delenv("OPENMARKET_EMULATOR_STATE", raising=False)
    folder = tmp_path / "bin"
    folder.mkdir()
    return FakePulumi(folder, monkeypatch)
