"""Writes the page about a stack into a file."""

from pathlib import Path

from ops.files import write
from ops.report.facts import facts
from ops.report.html import html
from ops.report.sections import page
from ops.state_folder import state_folder


def written(stack: str, out: Path | None) -> str:
    """Write the page, and return a sentence about it.

    Raises:
        BadStack, BadState, BadHistory: As `facts`.
        typer.Exit: The file cannot be written, and the reason has been printed.
    """
    content = html(page(facts(stack)))
    file = out or state_folder() / "reports" / f"{stack}.html"
    write(file, content)
    return f"The page is {file}"
