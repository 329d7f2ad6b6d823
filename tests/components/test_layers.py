"""Imports point one way, and the program knows nothing of what rehearses, checks or operates it."""

from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.components.program import PROJECT
from tests.imports import imported

ORDER = (
    *("base", "ordering", "iam", "addons", "config", "context", "encryption", "log_group"),
    *("network", "cluster", "data", "alarms", "edge", "platform", "workloads"),
)
"""Packages and modules of `components`, from the bottom up: each may import itself and those before it."""

MODULES = sorted((PROJECT / "components").rglob("*.py"))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_imports_point_down(file: Path) -> None:
    place = file.relative_to(PROJECT / "components").parts[0].removesuffix(".py")
    if place == "__init__":
        return
    for name in imported(file):
        package, _, rest = name.partition(".")
        assert package not in {"emulator", "ops", "policies", "tests"}, f"{file.name} imports {name}"
        if package == "components":
            other = rest.partition(".")[0]
            assert ORDER.index(other) <= ORDER.index(place), f"{place} must not import {other}"


def test_no_module_imports_itself_by_way_of_others() -> None:
    names = {str(file.relative_to(PROJECT).with_suffix("")).replace("/", "."): file for file in MODULES}
    names = {name.removesuffix(".__init__"): file for name, file in names.items()}
    needs = {
        name: {other if other in names else other.rpartition(".")[0] for other in imported(file)} & names.keys()
        for name, file in names.items()
    }
    TopologicalSorter(needs).prepare()  # raises CycleError, with the cycle


def test_only_config_reads_pulumi_config() -> None:
    for file in [PROJECT / "__main__.py", *MODULES]:
        if "config" not in file.parts:
            assert "pulumi.Config" not in file.read_text(), f"{file} reads configuration"


def test_files_stay_short() -> None:
    for file in MODULES:
        assert len(file.read_text().splitlines()) <= 200, f"{file} holds more than one concept"
