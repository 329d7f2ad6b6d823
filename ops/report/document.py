"""What a page consists of. It says nothing of HTML, so that what is told and how it looks stay apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Xml


@dataclass(frozen=True)
class Link:
    """A text that leads to an address; an address that does not begin with `https://` or `http://` leads nowhere."""

    text: str
    address: str


Cell = str | Link


@dataclass(frozen=True)
class Table:
    """Rows below a head.

    Attributes:
        title: What the rows are; it is their heading if the section has several tables.
        columns: The head. A column whose name begins with `>` has numbers.
        rows: A row has a cell for each column, the first of which names it. A cell has one entry or several.
        nothing: What to say if there are no rows.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell | Sequence[Cell]]]
    nothing: str = "None."


@dataclass(frozen=True)
class Picture:
    """A drawing, with what to say of it to those who do not see it."""

    title: str
    drawing: Xml.Element


Block = str | Table | Picture
"""A string is a paragraph."""


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading, which `name` finds."""

    name: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """A page: its heading, the sentences below it, and its sections."""

    title: str
    lead: Sequence[str]
    sections: Sequence[Section]
