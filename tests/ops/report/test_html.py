"""A page is one well-formed file that loads nothing, and whatever is in a text stays a text."""

import re
from xml.etree import ElementTree as Xml

from hypothesis import given
from hypothesis import strategies as st

from ops.report.document import Cell, Link, Page, Picture, Section, Table
from ops.report.html import html
from ops.report.style import DARK, LIGHT, style
from tests.ops.report.reading import Read

HOSTILE = "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>&amp;'\""


def page_of(*blocks: str | Table | Picture, lead: str = "") -> Read:
    return Read(html(Page("shop", [lead], [Section("one", "One", blocks)])))


def table(*row: Cell | list[Cell]) -> Table:
    return Table("Things", [f"c{number}" for number in range(len(row))], [row])


def test_what_is_hostile_is_shown_as_it_was_written() -> None:
    read = page_of(HOSTILE, table(HOSTILE, [HOSTILE, Link(HOSTILE, "https://a.test/")]), lead=HOSTILE)
    assert read.tags.count("table") == 1
    assert not {"script", "img"} & set(read.tags)
    assert read.texts.count(HOSTILE) == 5


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_every_text_comes_back(text: str) -> None:
    assert text in page_of(table(text)).texts


def test_characters_that_no_page_may_have_are_replaced() -> None:
    content = html(Page("a\x00b\ud800", [], []))
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}" in content
    content.encode()


def test_only_addresses_of_the_web_lead_somewhere() -> None:
    addresses = ["https://a.test/", "http://b.test/", "javascript:alert(1)", "data:text/html,x", "docs/runbook.md#a"]
    read = page_of(table("name", [Link(each, each) for each in addresses]))
    assert [each for each in read.of("href") if not each.startswith("#")] == addresses[:2]
    assert set(addresses) <= set(read.texts)


def test_the_page_forbids_scripts_and_everything_from_elsewhere() -> None:
    read = page_of("text")
    (policy,) = [each["content"] for each in read.attributes("meta") if "http-equiv" in each]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert {"charset": "utf-8"} in read.attributes("meta")
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in read.attributes("meta")
    assert read.attributes("html") == [{"lang": "en"}]


def test_tables_have_heads_and_scroll_inside_of_themselves() -> None:
    numbers = Table("Costs", ("Service", ">USD"), [("EKS", "73.00")])
    read = page_of(numbers, Table("None", ("A",), [], nothing="Nothing at all."))
    assert read.attributes("th") == [
        {"scope": "col"}, {"scope": "col", "class": "number"}, {"scope": "row"}
    ]  # fmt: skip
    assert {"class": "wide", "tabindex": "0", "role": "region", "aria-label": "Costs"} in read.attributes("div")
    assert {"Nothing at all.", "USD"} <= set(read.texts)
    assert read.tags.count("table") == 1
    assert re.search(r"\.wide \{[^}]*overflow-x: auto", style())


def test_a_picture_is_in_the_page_itself() -> None:
    read = page_of(Picture("Drawing", Xml.Element("svg", {"viewBox": "0 0 1 1"})))
    assert read.attributes("svg") == [{"viewbox": "0 0 1 1"}]


def luminance(colour: str) -> float:
    """Of a colour such as `#0969da`: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, brighter = sorted((luminance(one), luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_enough_in_light_and_in_dark() -> None:
    assert contrast("#000000", "#ffffff") == 21
    for colours in (LIGHT, DARK):
        for ink in ("text", "quiet", "link"):
            for ground in ("page", "raised"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def test_every_colour_is_one_of_both_palettes() -> None:
    assert LIGHT.keys() == DARK.keys()
    rules = style()
    used = set(re.findall(r"var\(--(\w+)\)", rules))
    assert used == LIGHT.keys()
    dark = rules.partition("prefers-color-scheme: dark")[2]
    assert all(f"--{name}: {colour}" in dark for name, colour in DARK.items())
    assert set(re.findall(r"#[0-9a-f]{6}", rules)) == {*LIGHT.values(), *DARK.values()}
