"""What `timeline` says of an operation that the commands recorded, and of one that AWS is to do."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.deploy import logs
from tests.ops.deploy.events import PRELUDE, FakePulumi, begins, ends, fails, outputs, sums_up, urn

ONE, TWO = urn("one"), urn("two")
STATE = [
    {"urn": ONE, "type": "aws:s3/bucket:Bucket", "custom": True},
    {"urn": TWO, "type": "aws:s3/bucket:Bucket", "custom": True, "dependencies": [ONE]},
]
UPDATE = [PRELUDE, begins("create", ONE), ends("create", ONE), begins("create", TWO), ends("create", TWO)]


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    monkeypatch.setattr(logs, "_folder", lambda: tmp_path / "logs")
    (tmp_path / "bin").mkdir()
    return FakePulumi(tmp_path / "bin", monkeypatch)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--stack", "dev"])


def test_an_up_is_recorded_and_shown(pulumi: FakePulumi, tmp_path: Path) -> None:
    pulumi.answers([PRELUDE, sums_up(True, create=2)], [*UPDATE, outputs(), sums_up(False, create=2)])
    assert run("up").exit_code == 0
    pulumi.answers(state=STATE)
    picture = tmp_path / "up.svg"
    done = run("timeline", "--out", str(picture))
    assert done.exit_code == 0, done.output
    assert done.output.startswith("dev: `up` of 20")
    assert "The critical path:" in done.output
    assert str(picture) in done.output
    assert picture.read_text().startswith("<svg")


def test_a_destroy_keeps_what_needed_what(pulumi: FakePulumi, tmp_path: Path) -> None:
    deleted = [PRELUDE, begins("delete", TWO), ends("delete", TWO), begins("delete", ONE), fails("delete", ONE)]
    pulumi.answers([PRELUDE, sums_up(True, delete=2)], [*deleted, sums_up(False, delete=1)], state=STATE)
    assert run("destroy").exit_code == 0
    pulumi.answers()
    done = run("timeline", "--destroy", "--out", str(tmp_path / "destroy.svg"))
    assert done.exit_code == 0, done.output
    assert 'class="failed"' in (tmp_path / "destroy.svg").read_text()


def test_there_is_nothing_to_show_before_the_first_operation(pulumi: FakePulumi) -> None:
    done = run("timeline")
    assert done.exit_code == 1
    assert "there is no record of such an operation yet" in done.output


def test_a_projection_names_what_aws_takes_longest_for(pulumi: FakePulumi, tmp_path: Path) -> None:
    cluster = urn("control-plane", "aws:eks/cluster:Cluster")
    states = [*STATE, {"urn": cluster, "type": "aws:eks/cluster:Cluster", "custom": True}]
    pulumi.answers(state=states)
    done = run("timeline", "--projected", "--out", str(tmp_path / "p.svg"))
    assert done.exit_code == 0, done.output
    assert "deployed from nothing on AWS in about 10 min 08 s" in done.output
    assert "control-plane (aws:eks/cluster:Cluster)" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--preview", "p.json"), "add --projected"),
        (("--projected", "--preview", "none.json"), "none.json"),
    ],
)
def test_bad_options_are_refused(words: tuple[str, ...], said: str, pulumi: FakePulumi) -> None:
    done = run("timeline", *words)
    assert done.exit_code == 1
    assert said in done.output


def test_an_unknown_stack_is_refused() -> None:
    done = CliRunner().invoke(app, ["timeline", "--stack", "qa"])
    assert done.exit_code == 1
    assert "there is no stack 'qa'" in done.output
