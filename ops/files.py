"""Writes the files that commands make for people."""

from pathlib import Path

from ops.errors import fail


def write(file: Path, content: str) -> None:
    """Write a file, in a folder that need not be there yet.

    Raises:
        typer.Exit: It cannot be written, and the reason has been printed.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror or error}")
