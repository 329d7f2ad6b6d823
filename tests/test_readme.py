"""Both READMEs show the same commands, and nothing that is not there."""

import re
from pathlib import Path

import pytest

from tests.ops import architecture_documentation

PROJECT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.ko.md")
DOCUMENTS = [PROJECT / "CHANGELOG.md", *PROJECT.glob("README*.md"), *PROJECT.glob("docs/*.md")]


def commands(name: str) -> list[str]:
    """The commands of its console blocks, in order and without what is said of them."""
    blocks = re.findall(r"```console\n(.*?)```", (PROJECT / name).read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [" ".join(line.partition("  #")[0].split()) for line in lines]


def test_they_show_the_same_commands() -> None:
    english, korean = (sorted(commands(name)) for name in READMES)
    assert len(english) > 15
    assert korean == english


def test_the_picture_is_of_the_program_as_it_is() -> None:
    picture = architecture_documentation.FILE
    assert picture.read_text() == architecture_documentation.current(), "run make docs"
    assert all(f"]({picture.relative_to(PROJECT)})" in (PROJECT / name).read_text() for name in READMES)


@pytest.mark.parametrize("name", READMES)
def test_the_costs_are_the_estimates(name: str) -> None:
    table = re.search(r"^\| \*\*Total\*\* \|(.*)\|$", (PROJECT / "docs" / "cost.md").read_text(), re.MULTILINE)
    line = next(part for part in (PROJECT / name).read_text().split("\n- ") if "docs/cost.md" in part)
    assert table is not None
    totals = [total.strip() for total in table[1].split("|")]
    assert re.findall(r"(?<![\d,])(?:\d,)?\d{3}(?!\d)", line) == totals


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_commands_are_spelled_in_the_one_way_that_works_from_a_plain_shell(file: Path) -> None:
    assert not re.search(r"python3? -m (ops|emulator|policies|tests)\b", file.read_text())


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_exists(name: str) -> None:
    makefile = (PROJECT / "Makefile").read_text()
    used = set(re.findall(r"\bmake ([a-z][a-z0-9-]+)", (PROJECT / name).read_text()))
    assert used >= {"up", "preview", "destroy", "down", "test", "lint", "rehearse"}
    assert [target for target in sorted(used) if not re.search(rf"^{target}\b.*:", makefile, re.MULTILINE)] == []


def test_the_list_of_commands_has_every_make_target() -> None:
    targets = re.search(r"^\.PHONY: (.+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert targets is not None
    listed = (PROJECT / "docs" / "commands.md").read_text()
    assert [each for each in targets[1].split() if each != "help" and f"`make {each}" not in listed] == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_every_linked_file_exists(file: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", file.read_text())
    linked = [link.partition("#")[0] for link in links if "://" not in link]
    assert [each for each in linked if not (file.parent / each).exists()] == []
