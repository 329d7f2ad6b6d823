"""Both READMEs show the same commands, and nothing that is not there."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.ko.md")


def commands(name: str) -> list[str]:
    """The commands of its console blocks, in order and without what is said of them."""
    blocks = re.findall(r"```console\n(.*?)```", (PROJECT / name).read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [" ".join(line.partition("  #")[0].split()) for line in lines]


def test_they_show_the_same_commands() -> None:
    english, korean = (sorted(commands(name)) for name in READMES)
    assert len(english) > 15
    assert korean == english


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_exists(name: str) -> None:
    makefile = (PROJECT / "Makefile").read_text()
    used = set(re.findall(r"\bmake ([a-z][a-z0-9-]+)", (PROJECT / name).read_text()))
    assert used >= {"up", "preview", "destroy", "down", "test", "lint", "rehearse"}
    assert [target for target in sorted(used) if not re.search(rf"^{target}\b.*:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("name", READMES)
def test_every_linked_file_exists(name: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", (PROJECT / name).read_text())
    files = [link.partition("#")[0] for link in links if "://" not in link]
    assert [file for file in files if not (PROJECT / file).exists()] == []
