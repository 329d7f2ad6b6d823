"""Draws a timeline as an SVG picture: one row per resource, one colour for the critical path."""

from collections.abc import Collection
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from analysis.svg import document, shortened, text, written
from analysis.timing.timeline import Timeline
from analysis.urns import name_of, type_of

_WIDTH, _LEFT, _RIGHT = 1080, 330, 70
_ROW, _BAR, _TOP = 20, 13, 64
_NAME_CHARACTERS = 46
_ROWS = 60
"""Rows of a picture; the shortest of the other resources are counted in its last line."""
_TICKS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 3600)
"""Seconds between two lines of the grid: the first that needs no more than ten of them."""
_STYLE = """
svg { font: 12px system-ui, sans-serif; background: #ffffff; fill: #1f2328; }
.quiet { fill: #59636e; } .grid { stroke: #d1d9e0; stroke-width: 1; }
.bar { fill: #a5b4c4; } .critical { fill: #cf5b2e; } .failed { fill: #b3261e; stroke: #1f2328; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; fill: #f0f6fc; } .quiet { fill: #9198a1; } .grid { stroke: #30363d; }
  .bar { fill: #57697c; } .critical { fill: #f0883e; } .failed { fill: #ff7b72; stroke: #f0f6fc; }
}
"""


@dataclass(frozen=True)
class Chart:
    """What a picture shows: a timeline, its title, and the resources that failed."""

    title: str
    timeline: Timeline
    failed: Collection[str] = ()

    def svg(self) -> str:
        """Return the picture as a document of its own."""
        timeline, path = self.timeline, set(self.timeline.path())
        spans = [urn for urn in timeline.ended if timeline.ended[urn] > timeline.begun[urn] or urn in self.failed]
        # The critical path, what failed, and the longest of the others, in the order in which they begin.
        told = path | set(self.failed)
        ranked = sorted(spans, key=lambda urn: (urn not in told, timeline.begun[urn] - timeline.ended[urn]))
        shown = sorted(ranked[:_ROWS], key=lambda urn: (timeline.begun[urn], timeline.ended[urn]))
        height = _TOP + _ROW * len(shown) + 40
        root = document(self.title, _STYLE, _WIDTH, height)
        text(root, 16, 24, self.title, **{"font-size": "16", "font-weight": "600"})
        self._grid(root, height - 34)
        for row, urn in enumerate(shown):
            self._row(root, _TOP + row * _ROW, urn, urn in path)
        left_out = len(spans) - len(shown)
        legend = "Orange: the critical path, which decides the total."
        more = f" {left_out} shorter ones are not shown." if left_out else ""
        text(root, 16, height - 12, legend + more, "quiet")
        return written(root)

    def _grid(self, root: Xml.Element, bottom: int) -> None:
        total = self.timeline.total
        step = next((tick for tick in _TICKS if total / tick <= 10), _TICKS[-1])
        for second in range(0, int(total) + 1, step):
            x = f"{self._x(second):.1f}"
            Xml.SubElement(root, "line", {"class": "grid", "x1": x, "x2": x, "y1": "46", "y2": str(bottom)})
            text(root, self._x(second) + 3, 56, clock(second), "quiet")

    def _row(self, root: Xml.Element, y: int, urn: str, critical: bool) -> None:
        begun, ended = self.timeline.begun[urn], self.timeline.ended[urn]
        row = Xml.SubElement(root, "g")
        took = f"{name_of(urn)} ({type_of(urn)}): {clock(ended - begun)}, from {clock(begun)} to {clock(ended)}"
        Xml.SubElement(row, "title").text = took
        text(row, 16, y + _BAR, shortened(name_of(urn), _NAME_CHARACTERS))
        style = "failed" if urn in self.failed else "critical" if critical else "bar"
        x, width = self._x(begun), max(self._x(ended) - self._x(begun), 2)
        size = {"x": f"{x:.1f}", "y": str(y + 2), "width": f"{width:.1f}", "height": str(_BAR), "rx": "2"}
        Xml.SubElement(row, "rect", {"class": style, **size})
        text(row, x + width + 5, y + _BAR, clock(ended - begun), "quiet")

    def _x(self, second: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * second / (self.timeline.total or 1)


def clock(seconds: float) -> str:
    """Return a duration as a person reads it: `0.4 s`, `42 s`, `12 min 05 s`."""
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60:02} s"
