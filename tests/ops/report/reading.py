"""Reads a page as a browser does, and refuses one whose elements are not closed in order."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Read(HTMLParser):
    """What is on a page.

    Attributes:
        tags: The names of all elements, in order.
        texts: The texts in order; those of style sheets are not among them.
    """

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self._found: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self._text = ""
        assert content.startswith("<!DOCTYPE html>\n")
        self.feed(content)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_text()
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        self.tags.append(tag)
        self._found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._end_text()
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self._text += data

    def _end_text(self) -> None:
        if self._text and self._open and self._open[-1] != "style":
            self.texts.append(self._text)
        self._text = ""

    def attributes(self, tag: str) -> list[dict[str, str]]:
        """The attributes of all elements with this name, in order."""
        return [each for name, each in self._found if name == tag]

    def of(self, attribute: str) -> list[str]:
        """The values of an attribute, of whichever element."""
        return [each[attribute] for _, each in self._found if attribute in each]
