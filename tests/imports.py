"""What Python files import, for tests of the directions in which packages know each other."""

import ast
from collections.abc import Iterator
from pathlib import Path


def imported(file: Path) -> Iterator[str]:
    """Every module, or name in one, that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide their direction"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, package: str) -> bool:
    """Whether the name is the package or lies in it."""
    return name == package or name.startswith(f"{package}.")
