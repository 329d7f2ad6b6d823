"""Writes a page as HTML: one file with no script, which loads nothing."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from ops.report.document import Block, Cell, Link, Page, Picture, Section, Table
from ops.report.style import style

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may load for the page besides its own style: nothing."""
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that HTML does not have, or that a file in UTF-8 cannot have."""


def html(page: Page) -> str:
    """Return the page as a document of its own. Every text in it is escaped, as the tree is made of elements."""
    root = Xml.Element("html", {"lang": "en"})
    head = Xml.SubElement(root, "head")
    Xml.SubElement(head, "meta", {"charset": "utf-8"})
    Xml.SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
    Xml.SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    # Who follows a link does not tell the other side where the page was.
    Xml.SubElement(head, "meta", {"name": "referrer", "content": "no-referrer"})
    _tag(head, "title", page.title)
    Xml.SubElement(head, "style").text = style()
    body = Xml.SubElement(root, "body")
    header = Xml.SubElement(body, "header")
    _tag(header, "h1", page.title)
    for sentence in page.lead:
        _tag(header, "p", sentence)
    contents = Xml.SubElement(Xml.SubElement(header, "nav", {"aria-label": "Contents"}), "ul")
    main = Xml.SubElement(body, "main")
    for each in page.sections:
        _tag(Xml.SubElement(contents, "li"), "a", each.title, href=f"#{each.name}")
        _section(main, each)
    return f"<!DOCTYPE html>\n{Xml.tostring(root, encoding='unicode', method='html')}\n"


def _section(main: Xml.Element, section: Section) -> None:
    heading = f"{section.name}-heading"
    parent = Xml.SubElement(main, "section", {"id": section.name, "aria-labelledby": heading})
    _tag(parent, "h2", section.title, id=heading)
    several = sum(isinstance(each, Table) for each in section.blocks) > 1
    for block in section.blocks:
        _block(parent, block, several)


def _block(parent: Xml.Element, block: Block, several: bool) -> None:
    match block:
        case str():
            _tag(parent, "p", block)
        case Picture():
            _wide(parent, block.title).append(block.drawing)
        case Table():
            if several:
                _tag(parent, "h3", block.title)
            if block.rows:
                _table(_wide(parent, block.title), block)
            else:
                _tag(parent, "p", block.nothing)


def _wide(parent: Xml.Element, title: str) -> Xml.Element:
    """Add a frame that scrolls by itself where the window is too narrow, by keyboard too."""
    return Xml.SubElement(
        parent, "div", {"class": "wide", "tabindex": "0", "role": "region", "aria-label": _text(title)}
    )  # fmt: skip


def _table(parent: Xml.Element, table: Table) -> None:
    found = Xml.SubElement(parent, "table")
    numbers = [name.startswith(">") for name in table.columns]
    head = Xml.SubElement(Xml.SubElement(found, "thead"), "tr")
    for name, number in zip(table.columns, numbers, strict=True):
        _tag(head, "th", name.removeprefix(">"), scope="col", **_class(number))
    body = Xml.SubElement(found, "tbody")
    for row in table.rows:
        line = Xml.SubElement(body, "tr")
        for index, (cell, number) in enumerate(zip(row, numbers, strict=True)):
            names_the_row = {"scope": "row"} if index == 0 else {}
            _cell(Xml.SubElement(line, "td" if index else "th", {**names_the_row, **_class(number)}), cell)


def _class(number: bool) -> dict[str, str]:
    return {"class": "number"} if number else {}


def _cell(parent: Xml.Element, cell: Cell | Sequence[Cell]) -> None:
    entries = [cell] if isinstance(cell, str | Link) else cell
    for each in entries:
        inside = parent if len(entries) == 1 else Xml.SubElement(parent, "span")
        if isinstance(each, str):
            inside.text = _text(each)
        elif each.address.startswith(("https://", "http://")):
            _tag(inside, "a", each.text, href=_text(each.address))
        else:
            inside.text = _text(each.text)


def _tag(parent: Xml.Element, name: str, text: str, /, **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = _text(text)


def _text(text: str) -> str:
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
