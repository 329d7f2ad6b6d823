"""The picture of a timeline."""

from xml.etree import ElementTree as Xml

import pytest

from analysis.timing.chart import Chart, clock
from analysis.timing.timeline import Timeline, earliest

_SVG = "{http://www.w3.org/2000/svg}"


def urn(name: str) -> str:
    return f"urn:pulumi:dev::openmarket::aws:s3/bucket:Bucket::{name}"


def drawn(timeline: Timeline, *failed: str) -> Xml.Element:
    return Xml.fromstring(Chart("dev & more: <up>", timeline, failed).svg())  # noqa: S314 our own document


def bars(picture: Xml.Element) -> dict[str, tuple[str, float, float]]:
    """By title: the class, the left edge and the width."""
    found: dict[str, tuple[str, float, float]] = {}
    for row in picture.iter(f"{_SVG}g"):
        bar = row.find(f"{_SVG}rect")
        assert bar is not None
        found[row.findtext(f"{_SVG}title", "")] = (
            bar.get("class", ""),
            float(bar.get("x", 0)),
            float(bar.get("width", 0)),
        )
    return found


def test_bars_are_as_long_as_the_work_and_the_critical_path_stands_out() -> None:
    one, two, short = urn("one"), urn("two"), urn("short")
    timeline = earliest({one: (), two: (one,), short: ()}, {one: 60, two: 120, short: 30})
    found = bars(drawn(timeline))
    (first,) = (bar for title, bar in found.items() if title.startswith("one"))
    (second,) = (bar for title, bar in found.items() if title.startswith("two"))
    (third,) = (bar for title, bar in found.items() if title.startswith("short"))
    assert (first[0], second[0], third[0]) == ("critical", "critical", "bar")
    assert second[1] == pytest.approx(first[1] + first[2], abs=0.2)
    assert second[2] == pytest.approx(2 * first[2], abs=0.2)
    assert "two (aws:s3/bucket:Bucket): 2 min 00 s, from 60 s to 3 min 00 s" in found


def test_what_failed_is_marked_and_text_is_escaped() -> None:
    picture = drawn(earliest({urn("a<b"): ()}, {urn("a<b"): 5}), urn("a<b"))
    assert [bar[0] for bar in bars(picture).values()] == ["failed"]
    assert picture.findtext(f"{_SVG}title") == "dev & more: <up>"


def test_a_large_stack_stays_readable_and_says_what_it_leaves_out() -> None:
    urns = [urn(f"r{index}") for index in range(300)]
    picture = drawn(earliest(dict.fromkeys(urns, ()), {each: index + 1 for index, each in enumerate(urns)}))
    shown = bars(picture)
    assert len(shown) < 100
    assert any(title.startswith("r299 ") for title in shown)
    assert any(f"{300 - len(shown)} shorter ones" in (text.text or "") for text in picture.iter(f"{_SVG}text"))


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (0.44, "0.4 s"), (42.4, "42 s"), (119, "119 s"), (725, "12 min 05 s")]
)
def test_durations_as_a_person_reads_them(seconds: float, text: str) -> None:
    assert clock(seconds) == text
