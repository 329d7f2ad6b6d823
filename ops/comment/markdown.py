"""Markdown in which a value can be anything: it is shown, and never acts.

A preview of somebody else's branch may contain whatever its author likes. Values therefore stand in code spans and code
blocks only, where GitHub makes neither HTML nor links nor mentions of them, or go through `prose`.
"""

import re
from collections.abc import Iterable, Sequence

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Control characters, and those that hide or reorder others."""
_PUNCTUATION = re.compile(r"([\\`*_\[\]<|~$&])")
_LINKS = re.compile(r"(?<=\w):(?=//)|(?<=www)\.|@|#(?=\d)", re.IGNORECASE)
_NO_LINK = "\u2060"
"""An invisible character that keeps GitHub from making a link or a mention."""
SHORT = 160
"""Characters of a value that are shown outside the full text."""


def shortened(text: str, length: int | None = SHORT) -> str:
    """The text, or its beginning and how much longer it is."""
    if length is None or len(text) <= length:
        return text
    return f"{text[:length]}... ({len(text) - length} characters more)"


def code(text: str) -> str:
    """A code span on one line that is safe in a table too: there, a vertical bar would end the cell."""
    shown = _visible(text).replace("\n", "⏎").replace("\t", " ").replace("|", "\u2502") or " "
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def prose(text: str) -> str:
    """The text on one line as it is, without any of its characters meaning something."""
    flat = " ".join(_visible(text).split())
    return _LINKS.sub(lambda found: found[0] + _NO_LINK, _PUNCTUATION.sub(r"\\\1", flat))


def block(lines: Iterable[str], language: str = "") -> str:
    """A code block."""
    content = "\n".join(_visible(line) for line in lines)
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def row(cells: Sequence[str]) -> str:
    """A line of a table. The cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def header(titles: Sequence[str]) -> tuple[str, str]:
    """The two lines that a table begins with."""
    return row(titles), "|" + "---|" * len(titles)


def _visible(text: str) -> str:
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\r\n", "\n"))
