"""What a command took, and the account that it ran in."""

import sys
from pathlib import Path

import pytest
import yaml

from bench import growth
from bench.commands import created
from bench.trial import PROJECT, measured


def test_a_command_is_measured_with_its_children(tmp_path: Path) -> None:
    work = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**7))']); print('done')"
    seen = measured([sys.executable, "-c", work], tmp_path, {})
    assert seen.output.strip().endswith("done")
    assert seen.cpu > 0
    assert seen.seconds > 0
    assert seen.peak > 5


def test_a_command_that_fails_ends_the_measurement(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="failed"):
        measured([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, {})


def test_a_preview_says_how_many_resources_it_creates() -> None:
    assert created("Resources:\n    + 254 to create\n") == 254


@pytest.mark.parametrize("count", growth.SERVICES)
def test_the_larger_stacks_have_so_many_services(count: int) -> None:
    with growth.project(count) as folder:
        config = yaml.safe_load((folder / "Pulumi.dev.yaml").read_text())["config"]
        assert len(config["openmarket:services"]) == count
        assert (folder / "__main__.py").samefile(PROJECT / "__main__.py")


@pytest.mark.parametrize(("last", "expected"), [(24.0, 1.0), (44.0, 2.0)])
def test_a_bend_is_seen_where_resources_get_dearer(last: float, expected: float) -> None:
    cpu = {2: 3.0, 8: 4.0, 32: 4.0 + 20 / 4, 128: 4.0 + 20 / 4 + (last - 4)}
    sizes = [growth.Size(count, 100 + 15 * count, 1, seconds, 1) for count, seconds in cpu.items()]
    assert growth.bend(sizes) == pytest.approx(expected)
