"""Builds Markdown in which values are shown without any effect.

The preview of a fork's branch may contain arbitrary text. Values are therefore put into code spans and code blocks, in
which GitHub renders neither HTML nor links nor mentions, or are escaped by `prose`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Matches control characters, and characters that hide or reorder others."""
_PUNCTUATION = re.compile(r"([\\`*_\[\]<|~$&])")
_LINKS = re.compile(r"(?<=\w):(?=//)|(?<=www)\.|@|#(?=\d)", re.IGNORECASE)
_NO_LINK = "\u2060"
"""An invisible character that keeps GitHub from rendering a link or a mention."""
SHORT = 160
"""Number of characters of a value that are shown, except in the full text."""


@dataclass(frozen=True)
class Section:
    """A part of a comment, whose chunks can be left out one by one, from the end, if the comment is too long.

    Attributes:
        head: Lines before the chunks.
        chunks: The content.
        foot: Lines after the chunks.
        tight: True if no empty line separates the chunks, as with the rows of a table.
    """

    head: tuple[str, ...]
    chunks: tuple[str, ...]
    foot: tuple[str, ...] = ()
    tight: bool = True


def shortened(text: str, length: int | None = SHORT) -> str:
    """Return the text, cut to `length` characters with a note of how many follow; None means no limit."""
    if length is None or len(text) <= length:
        return text
    return f"{text[:length]}... ({len(text) - length} more characters)"


def code(text: str) -> str:
    """Return a code span on one line. Vertical bars are substituted, because one would end a table cell."""
    shown = _visible(text).replace("\n", "⏎").replace("\t", " ").replace("|", "\u2502") or " "
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def prose(text: str) -> str:
    """Return the text on one line with all Markdown characters escaped."""
    flat = " ".join(_visible(text).split())
    return _LINKS.sub(lambda found: found[0] + _NO_LINK, _PUNCTUATION.sub(r"\\\1", flat))


def block(lines: Iterable[str], language: str = "") -> str:
    """Return a fenced code block."""
    content = "\n".join(_visible(line) for line in lines)
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def row(cells: Sequence[str]) -> str:
    """Return a row of a table, from cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def header(titles: Sequence[str]) -> tuple[str, str]:
    """Return the two lines of a table's header."""
    return row(titles), "|" + "---|" * len(titles)


def _visible(text: str) -> str:
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\r\n", "\n"))
