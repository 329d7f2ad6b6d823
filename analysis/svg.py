"""Parts that pictures in SVG have in common."""

from xml.etree import ElementTree as Xml


def document(title: str, style: str, width: float, height: float) -> Xml.Element:
    """Return an empty picture of this size in pixels, with its title for readers that show none."""
    size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    root = Xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size})
    Xml.SubElement(root, "title").text = title
    Xml.SubElement(root, "style").text = style
    return root


def text(parent: Xml.Element, x: float, y: float, content: str, style: str = "", **attributes: str) -> None:
    """Add a line of text, with a class of the picture's style sheet if there is one."""
    more = {"class": style} if style else {}
    Xml.SubElement(parent, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", **more, **attributes}).text = content


def shortened(content: str, limit: int) -> str:
    """Return the text with as many characters at most."""
    return content if len(content) <= limit else f"{content[: limit - 1]}…"


def written(root: Xml.Element) -> str:
    """Return the picture as a document of its own."""
    return Xml.tostring(root, encoding="unicode") + "\n"
