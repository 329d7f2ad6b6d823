"""A part of a comment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A part of a comment: from its end, `chunks` can be left out one by one."""

    head: tuple[str, ...]
    chunks: tuple[str, ...]
    foot: tuple[str, ...] = ()
    tight: bool = True
    """Whether the chunks follow each other without an empty line, as the rows of a table do."""
