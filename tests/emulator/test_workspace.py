"""The engine gets copies: tracked files stay as they are, and nothing of a cloud account is in the copies."""

from pathlib import Path

import pytest
import yaml

from emulator import workspace


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: openmarket\nruntime: {name: python, options: {virtualenv: .venv}}\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(
        "secretsprovider: awskms://alias/state\nencryptedkey: abc\n"
        "config:\n  openmarket:domain: example.com\n  openmarket:key: {secure: AAA}\n"
        "  openmarket:nested: {a: [{secure: B}]}\n"
    )
    monkeypatch.setattr(workspace, "PROJECT", tmp_path)
    monkeypatch.setattr(workspace, "FOLDER", tmp_path / ".emulator" / "project")
    return tmp_path


def test_copies_point_back_and_need_no_cloud(project: Path) -> None:
    folder = workspace.synchronise()
    settings = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    assert Path(settings["main"]) == project
    assert settings["runtime"]["options"]["virtualenv"] == str(project / ".venv")
    assert yaml.safe_load((folder / "Pulumi.prod.yaml").read_text()) == {
        "config": {
            "openmarket:domain": "example.com",
            "openmarket:key": workspace.PLACEHOLDER,
            "openmarket:nested": {"a": [workspace.PLACEHOLDER]},
        }
    }


def test_the_salt_survives_and_edits_arrive(project: Path) -> None:
    copy = workspace.synchronise() / "Pulumi.prod.yaml"
    copy.write_text("encryptionsalt: v1:salt\n" + copy.read_text())
    (project / "Pulumi.prod.yaml").write_text("config: {openmarket:domain: example.org}\n")
    workspace.synchronise()
    assert yaml.safe_load(copy.read_text()) == {
        "config": {"openmarket:domain": "example.org"},
        "encryptionsalt": "v1:salt",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "config:\n  a:b: c\n  a:b: d\n",
            "line 3 repeats the key a:b of line 2",
        ),
        (
            "config:\n  a:\n    nat: x\n    nat: y\n",
            "line 4 repeats the key nat of line 3",
        ),
        ("config: {a: 1, a: 2}\n", "repeats the key a"),
        ("config: [\n", "line 2"),
        ("- config\n", "not a mapping"),
    ],
)
def test_what_pulumi_would_not_read_is_refused(project: Path, text: str, expected: str) -> None:
    (project / "Pulumi.prod.yaml").write_text(text)
    with pytest.raises(workspace.BadFile, match=expected) as refusal:
        workspace.synchronise()
    assert str(refusal.value).startswith("Pulumi.prod.yaml: ")


def test_a_copy_says_what_pulumi_reads(project: Path) -> None:
    """`yes` is a text to Pulumi, and true to YAML 1.1: the copy must not turn the one into the other."""
    (project / "Pulumi.prod.yaml").write_text("config: {a: yes, b: off, c: true, d: False, e: no, f: 2026-12-31}\n")
    copied = (workspace.synchronise() / "Pulumi.prod.yaml").read_text()
    assert copied == "config:\n  a: 'yes'\n  b: 'off'\n  c: true\n  d: false\n  e: 'no'\n  f: 2026-12-31\n"


def test_paths_in_arguments_become_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given = ["stack", "export", "--file", "out.json", "--plan=p.json", "--stack", "dev"]
    expected = ["stack", "export", "--file", f"{tmp_path}/out.json", f"--plan={tmp_path}/p.json", "--stack", "dev"]
    assert workspace.absolute_arguments(given) == expected
