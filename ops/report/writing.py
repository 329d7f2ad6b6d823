"""Writes the page about a stack into a file."""

from pathlib import Path

from ops.operate import shop
from ops.report.facts import facts
from ops.report.html import html
from ops.report.sections import page
from ops.state_folder import state_folder


def written(stack: str, out: Path | None) -> str:
    """Write the page, and return a sentence about it.

    Raises:
        BadStack, BadState, BadHistory: As `facts`.
        BadArgument: The file cannot be written.
    """
    content = html(page(facts(stack)))
    file = out or state_folder() / "reports" / f"{stack}.html"
    shop.write(file, content)
    return f"The page is {file}"
