"""Imports point one way, and the program knows nothing of what rehearses, checks or operates it."""

from pathlib import Path

import pytest
from program import PROJECT

from tests.imports import imported

LAYERS = (
    ("versions", "requests", "node_room", "subnets", "config"),
    ("permissions", "resource_policies", "encryption", "flow_logs", "vpc_endpoints", "network"),
    ("node_groups", "managed_addon", "cluster"),
    ("identity",),
    ("data",),
    ("edge",),
    ("addons",),
    ("workloads",),
)
"""From the bottom up; within a layer a module may import what stands before it."""

ORDER = [module for layer in LAYERS for module in layer]
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


def test_only_config_reads_pulumi_config() -> None:
    for file in [PROJECT / "__main__.py", *MODULES]:
        if "config" not in file.parts:
            assert "pulumi.Config" not in file.read_text(), f"{file} reads configuration"


def test_files_stay_short() -> None:
    for file in MODULES:
        assert len(file.read_text().splitlines()) <= 200, f"{file} holds more than one concept"
