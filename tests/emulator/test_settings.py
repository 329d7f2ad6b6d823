"""The settings file ties the emulator to a program that lies anywhere."""

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emulator import __main__ as commands
from emulator import environment
from emulator.paths import CODE, SETTINGS
from emulator.settings import InvalidSettings, Settings, load
from emulator.store import StoredObject

CLUSTER = "aws:eks/cluster:Cluster"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    return folder


def status(folder: Path) -> subprocess.CompletedProcess[str]:
    """`python -m emulator status` in a folder that is not the emulator's."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("OPENMARKET_EMULATOR_")}
    return subprocess.run(
        [sys.executable, "-m", "emulator", "status", "--json"],
        cwd=folder, env=inherited | {"PYTHONPATH": str(CODE)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_without_a_file_the_program_is_where_its_pulumi_yaml_is(program: Path) -> None:
    inside = program / "infrastructure"
    inside.mkdir()
    assert load(inside, {}) == Settings(None, program)
    assert load(program.parent, {}).project == program.parent


def test_a_file_is_found_on_the_way_up_or_by_its_name(program: Path) -> None:
    file = program.parent / "emulator.toml"
    file.write_text('[program]\nfolder = "shop"\nstack = "demo"\n[kubernetes]\ncluster = "{stack}"\nidle_percent = 5')
    found = load(program, {})
    assert (found.file, found.project, found.stack, found.cluster) == (file, program, "demo", "{stack}")
    assert found.idle_percent == 5
    assert found.region == Settings(None, program).region
    assert load(Path("/"), found.environment()) == found


def test_a_process_elsewhere_is_led_to_a_program_without_a_file(program: Path) -> None:
    assert load(Path("/"), Settings(None, program).environment()).project == program


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[aws]\naccount = "12"', "aws.account is '12'; it must be twelve digits in quotes"),
        ("[aws]\naccount = 123456789012", "aws.account is 123456789012; it must be twelve digits in quotes"),
        ('[aws]\nregion = "seoul"', "aws.region is 'seoul'; it must be a region"),
        ('[aws]\nrole = "a/b"', "aws.role is 'a/b'; it must be the name of an IAM role"),
        ('[kubernetes]\ncluster = "shop"', "kubernetes.cluster is 'shop'; it must be a name with {stack} in it"),
        ("[kubernetes]\nidle_percent = 101", "kubernetes.idle_percent is 101; it must be a number from 0 to 100"),
        ("[kubernetes]\nidle_percent = true", "kubernetes.idle_percent is True; it must be a number from 0 to 100"),
        ('[program]\nstack = ""', "program.stack is ''; it must be a stack's name"),
        ('[program]\nfolder = "nowhere"', "program.folder leads to "),
        ("[program]\nname = 1", "program.name is not a setting; program has folder, stack, deploy"),
        ("[eks]", "eks is not a table of settings; they are program, kubernetes, aws"),
        ("aws = 1", "aws is not a table of settings"),
        ("[aws", "is not TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(program: Path, text: str, said: str) -> None:
    (program / "emulator.toml").write_text(text)
    with pytest.raises(InvalidSettings) as error:
        load(program, {})
    assert said in str(error.value)
    assert str(error.value).startswith(str(program / "emulator.toml"))
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidSettings, match=r"/nowhere/x\.toml cannot be read: No such file"):
        load(Path("/"), {"OPENMARKET_EMULATOR_SETTINGS": "/nowhere/x.toml"})


def test_the_emulator_runs_for_a_program_that_lies_elsewhere(program: Path) -> None:
    done = status(program)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["objects"] == {}
    assert (program / ".emulator" / "aws.sqlite").exists()


def test_bad_settings_end_a_command_with_their_sentence(program: Path) -> None:
    (program / "emulator.toml").write_text('[aws]\nregion = "seoul"')
    done = status(program)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "aws.region is 'seoul'" in done.stderr


def test_a_stacks_cluster_goes_by_its_pattern_or_is_what_the_stack_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    clusters = [
        StoredObject(CLUSTER, "other-1a", f"urn:pulumi:prod::shop::{CLUSTER}::c"),
        StoredObject(CLUSTER, "demo-2b", f"urn:pulumi:demo::shop::{CLUSTER}::c"),
    ]
    for pattern, expected in (("eks-{stack}", "eks-demo"), ("", "demo-2b")):
        monkeypatch.setattr(commands, "SETTINGS", Settings(None, Path(), cluster=pattern))
        assert commands._cluster_of("demo", clusters) == expected  # pyright: ignore[reportPrivateUsage]
    assert commands._cluster_of("dev", clusters) == ""  # pyright: ignore[reportPrivateUsage]


def test_this_project_has_its_own() -> None:
    assert SETTINGS.file == CODE / "emulator.toml"
    assert SETTINGS.project == CODE


def test_a_program_brings_the_packages_that_it_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(package: str) -> str:
        if package in {"pulumi-eks", "pulumi-random"}:
            raise importlib.metadata.PackageNotFoundError(package)
        return "1.2.3"

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert list(environment.installed()) == [("aws", "1.2.3"), ("kubernetes", "1.2.3")]
