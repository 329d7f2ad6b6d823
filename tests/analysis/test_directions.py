"""Packages know each other in one direction: what a plan means stands below those who check and operate it."""

from pathlib import Path

import pytest

from tests.imports import imported, within

PROJECT = Path(__file__).resolve().parents[2]
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "components": (),
    "analysis": ("components.config",),
    "policies": ("analysis", "components.config"),
    "ops": ("analysis", "components.config"),
    "emulator": (),
    "bench": ("analysis",),
}
"""By package, what it imports of the project besides itself."""
ENTRIES = {"components.config.loading"}
"""Of the configuration, what reads it from Pulumi: only the program does."""
LAYERS = (
    ("urns", "redaction", "breadth", "iam_documents", "stack_file", "exceptions", "instance_sizes", "svg"),
    ("preview",),
    ("state", "capacity", "cost", "timing"),
)
"""Of `analysis`, from the bottom up; within a layer a module may import what stands before it."""
ORDER = [module for layer in LAYERS for module in layer]
FILES = [file for package in MAY_IMPORT for file in sorted((PROJECT / package).rglob("*.py"))]


def path(file: Path) -> str:
    return str(file.relative_to(PROJECT))


@pytest.mark.parametrize("file", FILES, ids=path)
def test_packages_import_what_is_below_them(file: Path) -> None:
    own = file.relative_to(PROJECT).parts[0]
    allowed = (own, *MAY_IMPORT[own])
    for name in imported(file):
        if name.partition(".")[0] in {*MAY_IMPORT, "tests"}:
            assert any(within(name, package) for package in allowed), f"{path(file)} imports {name}"
            assert own == "components" or not any(within(name, entry) for entry in ENTRIES), f"{path(file)}: {name}"


@pytest.mark.parametrize("file", sorted((PROJECT / "analysis").rglob("*.py")), ids=path)
def test_analysis_points_down(file: Path) -> None:
    place = file.relative_to(PROJECT / "analysis").parts[0].removesuffix(".py")
    if place == "__init__":
        return
    for name in imported(file):
        package, _, rest = name.partition(".")
        if package == "analysis":
            other = rest.partition(".")[0]
            assert ORDER.index(other) <= ORDER.index(place), f"{place} must not import {other}"


def test_every_package_of_the_project_has_its_place() -> None:
    packages = {file.parent.name for file in PROJECT.glob("*/__init__.py")}
    assert packages == set(MAY_IMPORT)
