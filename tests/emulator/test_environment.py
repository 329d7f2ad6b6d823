"""Commands that start at once find everything in place."""

import subprocess
import sys
from pathlib import Path

import pytest

from emulator import environment

CODE = """
import os, sys
from pathlib import Path
from emulator import environment
path, target = Path(sys.argv[1]), Path(sys.argv[2])
for number in range(200):
    environment._link(path, target / str((number + os.getpid()) % 2))
"""

KEEP = """
import sys
from pathlib import Path
from emulator import environment
environment._keep(Path(sys.argv[1]), sys.argv[2])
"""


def test_a_link_is_replaced_by_several_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CODE, str(tmp_path / "kubectl"), str(tmp_path)]
    racing = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in racing:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    assert (tmp_path / "kubectl").is_symlink()


def test_what_is_there_stays(tmp_path: Path) -> None:
    racing = [subprocess.Popen([sys.executable, "-c", KEEP, str(tmp_path / "p"), text]) for text in ("one", "two")]
    assert [process.wait(timeout=60) for process in racing] == [0, 0]
    kept = (tmp_path / "p").read_text()
    assert kept in ("one", "two")
    assert (tmp_path / "p").stat().st_mode & 0o777 == 0o600
    subprocess.run([sys.executable, "-c", KEEP, str(tmp_path / "p"), "three"], check=True)
    assert (tmp_path / "p").read_text() == kept
    assert [file.name for file in tmp_path.iterdir()] == ["p"]


def test_state_of_an_earlier_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "STATE", tmp_path)
    monkeypatch.setattr(environment, "_PASSPHRASE", tmp_path / "passphrase")
    environment.check_format()
    (tmp_path / "passphrase").touch()
    environment.check_format()
    (tmp_path / "format").unlink()
    with pytest.raises(RuntimeError, match="another version of the emulator: run `make down` and delete it"):
        environment.check_format()


def test_attributes_that_a_killed_engine_did_not_write_are_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "stacks" / "openmarket"
    folder.mkdir(parents=True)
    for name, text in {"dev.json": "{}", "dev.json.attrs": "", "dev.json.bak.attrs": "{}"}.items():
        (folder / name).write_text(text)
    environment.drop_torn_attributes(tmp_path)
    assert sorted(each.name for each in folder.iterdir()) == ["dev.json", "dev.json.bak.attrs"]
