"""Draws an architecture as an SVG picture: groups below each other, frames around the VPC and the cluster."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from analysis.svg import document, shortened, text, written
from ops.graph.architecture import EDGE, ENTRY, OUTSIDE, REGION, RUNTIME, SERVICES, STORES, Architecture, Arrow, Box

CREATED, CHANGED, REPLACED, DELETED = "created", "changed", "replaced", "deleted"
"""What a change does to a box."""

_PER_ROW = 5
_WIDTH, _HEIGHT, _GAP, _ROW_GAP = 172, 66, 20, 48
_FRAME = 26
_MARGIN = 48
_SIDE = 68
"""Pixels from the picture's edge to its boxes, with both frames between."""
_PICTURE = 2 * _SIDE + _PER_ROW * _WIDTH + (_PER_ROW - 1) * _GAP
_ALIGNED = {EDGE: 1.0, RUNTIME: 0.0}
"""Where a group's rows are between left (0) and right (1), so that few arrows go behind boxes; 0.5 for the others."""
_VPC, _CLUSTER = (ENTRY, SERVICES, RUNTIME, STORES), (SERVICES, RUNTIME)
_STYLE = """
svg { font: 12px system-ui, sans-serif; background: #ffffff; fill: #1f2328; }
.title { font-size: 18px; font-weight: 600; } .head { font-weight: 600; } .quiet { fill: #59636e; font-size: 11px; }
.box { fill: #f6f8fa; stroke: #8c959f; } .frame { fill: none; stroke: #d1d9e0; stroke-width: 1.5; }
.flow { fill: none; stroke: #59636e; stroke-width: 1.3; } .tip { fill: #59636e; }
.permission { fill: none; stroke: #8250df; stroke-width: 1.1; stroke-dasharray: 4 3; }
.permission-tip { fill: #8250df; }
.created { fill: #dafbe1; stroke: #1a7f37; } .changed { fill: #fff8c5; stroke: #9a6700; }
.replaced, .deleted { fill: #ffebe9; stroke: #cf222e; } .deleted { stroke-dasharray: 5 4; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; fill: #f0f6fc; } .quiet { fill: #9198a1; }
  .box { fill: #161b22; stroke: #656c76; } .frame { stroke: #3d444d; }
  .flow { stroke: #9198a1; } .tip { fill: #9198a1; } .permission { stroke: #ab7df8; } .permission-tip { fill: #ab7df8; }
  .created { fill: #12261e; stroke: #3fb950; } .changed { fill: #272115; stroke: #d29922; }
  .replaced, .deleted { fill: #25171c; stroke: #f85149; }
}
"""


@dataclass(frozen=True)
class _Place:
    x: float
    y: float


@dataclass(frozen=True)
class _Ends:
    """Where an arrow begins and ends."""

    start: tuple[float, float]
    end: tuple[float, float]
    bend: float
    last: float
    """How far down the line goes on at its start, and comes from at its end."""


def svg(title: str, drawn: Architecture, changes: Mapping[str, str] | None = None) -> str:
    """Return the picture as a document of its own; its arguments are those of `picture`."""
    return written(picture(title, drawn, changes))


def picture(title: str, drawn: Architecture, changes: Mapping[str, str] | None = None) -> Xml.Element:
    """Return the picture.

    Args:
        title: Its heading.
        drawn: What it shows.
        changes: What a change does to boxes, by their names; None if the picture is of no change.
    """
    rows = _rows(drawn)
    places, frames, bottom = _placed(rows)
    height = bottom + 72
    root = document(title, _STYLE, _PICTURE, height)
    _markers(root)
    text(root, _MARGIN, 34, title, "title")
    for name, (top, end) in frames.items():
        inset, heading = (16.0, drawn.vpc) if name == "vpc" else (34.0, drawn.cluster)
        frame = {
            "x": f"{inset:.0f}",
            "y": f"{top:.0f}",
            "width": f"{_PICTURE - 2 * inset:.0f}",
            "height": f"{end - top:.0f}",
        }
        Xml.SubElement(root, "rect", {"class": "frame", "rx": "8", **frame})
        text(root, inset + 10, top + 16, heading, "quiet")
    for arrow, ends in zip(drawn.arrows, _ends(drawn.arrows, places), strict=True):
        _arrow(root, ends, "permission" if arrow.permission else "flow")
    for box in drawn.boxes:
        _box(root, box, places[box.name], (changes or {}).get(box.name, ""))
    text(
        root,
        _MARGIN,
        height - 36,
        "Solid: connections on the network. Dashed: permissions in AWS.",
        **{"class": "quiet"},
    )
    if changes is not None:
        text(root, _MARGIN, height - 18, _legend(changes), "quiet")
    return root


def _legend(changes: Mapping[str, str]) -> str:
    counted = [
        f"{sum(each == word for each in changes.values())} {word}"
        for word in (CREATED, CHANGED, REPLACED, DELETED)
        if word in changes.values()
    ]
    return f"The change: {', '.join(counted) or 'none of these parts'}."


def _rows(drawn: Architecture) -> list[tuple[str, Sequence[Box]]]:
    """Return the boxes in rows, each with its group; of a group, those with arrows first."""
    connected = {name for arrow in drawn.arrows for name in (arrow.source, arrow.target)}
    found: list[tuple[str, Sequence[Box]]] = []
    for group in (OUTSIDE, EDGE, ENTRY, SERVICES, RUNTIME, STORES, REGION):
        its = sorted((box for box in drawn.boxes if box.group == group), key=lambda box: box.name not in connected)
        rows = [its[first : first + _PER_ROW] for first in range(0, len(its), _PER_ROW)]
        # CloudFront, which reads buckets, is on the right: what has arrows is there too, buckets first.
        found += [(group, row[::-1] if group == REGION else row) for row in rows]
    return found


def _placed(
    rows: Sequence[tuple[str, Sequence[Box]]],
) -> tuple[dict[str, _Place], dict[str, tuple[float, float]], float]:
    """Return where boxes are, top and bottom of the frames `vpc` and `cluster` if they have any, and the rows' end."""
    places: dict[str, _Place] = {}
    spans: dict[str, list[float]] = {"vpc": [], "cluster": []}
    y, before = 56.0, ""
    for group, row in rows:
        for frame, groups in (("vpc", _VPC), ("cluster", _CLUSTER)):
            if (group in groups) != (before in groups):
                y += _FRAME
            if group in groups and not spans[frame]:
                spans[frame] = [y - _FRAME, y]
        width = len(row) * _WIDTH + (len(row) - 1) * _GAP
        left = _SIDE + (_PICTURE - 2 * _SIDE - width) * _ALIGNED.get(group, 0.5)
        for index, box in enumerate(row):
            places[box.name] = _Place(left + index * (_WIDTH + _GAP), y)
        for frame, groups in (("vpc", _VPC), ("cluster", _CLUSTER)):
            if group in groups:
                spans[frame][1] = y + _HEIGHT + 14
        y, before = y + _HEIGHT + _ROW_GAP, group
    frames = {name: (span[0], span[1]) for name, span in spans.items() if span}
    return places, frames, y - _ROW_GAP


def _markers(root: Xml.Element) -> None:
    definitions = Xml.SubElement(root, "defs")
    for name, style in (("flow", "tip"), ("permission", "permission-tip")):
        size = {
            "viewBox": "0 0 8 8",
            "refX": "7",
            "refY": "4",
            "markerWidth": "7",
            "markerHeight": "7",
            "orient": "auto",
        }
        marker = Xml.SubElement(definitions, "marker", {"id": name, **size})
        Xml.SubElement(marker, "path", {"class": style, "d": "M0 0 8 4 0 8z"})


def _ends(arrows: Sequence[Arrow], places: Mapping[str, _Place]) -> Iterator[_Ends]:
    """Yield the ends of the arrows: the middles of the boxes' sides, but beside it where others begin."""
    begun = {(each.source, places[each.source].y <= places[each.target].y) for each in arrows}
    for arrow in arrows:
        source, target = places[arrow.source], places[arrow.target]
        down = target.y - source.y
        part = 0.5
        if (arrow.target, down <= 0) in begun:
            part = 0.75 if source.x > target.x else 0.25
        start = source.x + _WIDTH / 2, source.y + (_HEIGHT if down >= 0 else 0)
        end = target.x + _WIDTH * part, target.y + (_HEIGHT if down <= 0 else 0)
        # Boxes beside each other are connected below both, in a curve.
        bend, last = (26, -26) if down > 0 else (-26, 26) if down < 0 else (30, 30)
        yield _Ends(start, end, bend, last)


def _arrow(root: Xml.Element, ends: _Ends, kind: str) -> None:
    (x, y), (to_x, to_y) = ends.start, ends.end
    path = f"M{x:.0f} {y:.0f}C{x:.0f} {y + ends.bend:.0f} {to_x:.0f} {to_y + ends.last:.0f} {to_x:.0f} {to_y:.0f}"
    Xml.SubElement(root, "path", {"class": kind, "d": path, "marker-end": f"url(#{kind})"})


def _box(root: Xml.Element, box: Box, place: _Place, change: str) -> None:
    group = Xml.SubElement(root, "g")
    Xml.SubElement(group, "title").text = f"{box.title}{f', {change}' if change else ''}"
    size = {"x": f"{place.x:.0f}", "y": f"{place.y:.0f}", "width": f"{_WIDTH}", "height": f"{_HEIGHT}", "rx": "6"}
    Xml.SubElement(group, "rect", {"class": change or "box", **size})
    for index, (line, style) in enumerate(_lines(box, change)):
        text(group, place.x + 12, place.y + 20 + 17 * index, line, style)


def _lines(box: Box, change: str) -> Iterator[tuple[str, str]]:
    yield shortened(box.title, 24), "head"
    # A picture may be printed without colours.
    shown = [change, *box.lines] if change else box.lines
    yield from ((shortened(line, 29), "quiet") for line in shown[:2])
