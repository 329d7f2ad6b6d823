"""Draws the dashboard of production as `docs/dashboard.svg`: `python -m tests.ops.dashboard_documentation`.

Everything in it is read from the definition: places, titles, series and thresholds. It has no curves, as there
are no measurements to draw.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from tests.components.program import PROJECT, run_program

STACK = "prod"
FILE = PROJECT / "docs" / "dashboard.svg"
_UNIT, _GAP, _MARGIN = 40, 8, 12
_INK, _FAINT, _LINE, _PAPER, _LIMIT = "#24292f", "#57606a", "#d0d7de", "#ffffff", "#cf222e"
_SERIES = ("#0969da", "#8250df", "#1a7f37", "#9a6700", "#bf3989", "#57606a")
_MOST_SERIES = 4


def current() -> str:
    """The picture as it should be."""
    made = run_program(STACK).one("cloudwatch/dashboard:Dashboard").inputs
    widgets: list[dict[str, Any]] = json.loads(made["dashboardBody"])["widgets"]
    height = max(each["y"] + each["height"] for each in widgets) * _UNIT + 2 * _MARGIN
    width = 24 * _UNIT + 2 * _MARGIN
    title = f"The CloudWatch dashboard {made['dashboardName']}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#f6f8fa"/>',
        *(line for widget in widgets for line in _widget(widget)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _widget(widget: Mapping[str, Any]) -> Iterator[str]:
    x, y = _MARGIN + widget["x"] * _UNIT + _GAP / 2, _MARGIN + widget["y"] * _UNIT + _GAP / 2
    width, height = widget["width"] * _UNIT - _GAP, widget["height"] * _UNIT - _GAP
    yield f'<g transform="translate({x:g} {y:g})">'
    yield f'<rect width="{width}" height="{height}" rx="6" fill="{_PAPER}" stroke="{_LINE}"/>'
    yield _text(14, 24, widget["properties"]["title"], 14, _INK, "600")
    yield from _states(widget, width) if widget["type"] == "alarm" else _graph(widget["properties"], width, height)
    yield "</g>"


def _states(widget: Mapping[str, Any], width: int) -> Iterator[str]:
    """The alarms by name: a mark for each, as none has a state here."""
    names = [
        arn.rpartition(":alarm:")[2].removeprefix(f"openmarket-{STACK}-") for arn in widget["properties"]["alarms"]
    ]
    columns = 5
    rows = -(-len(names) // columns)
    for number, name in enumerate(names):
        column, row = divmod(number, rows)
        left, top = 14 + column * (width - 14) / columns, 46 + row * 140 / rows
        yield f'<rect x="{left:g}" y="{top - 8:g}" width="8" height="8" rx="2" fill="none" stroke="{_FAINT}"/>'
        yield _text(left + 14, top, name, 10, _FAINT)


def _graph(properties: Mapping[str, Any], width: int, height: int) -> Iterator[str]:
    labels = [series[-1]["label"] for series in properties["metrics"] if series[-1].get("visible", True)]
    rest = len(labels) - _MOST_SERIES
    shown = labels if rest <= 0 else [*labels[: _MOST_SERIES - 1], f"and {rest + 1} more"]
    bottom = height - 20 - 16 * len(shown)
    yield f'<path d="M14 38V{bottom:g}H{width - 14}" fill="none" stroke="{_LINE}"/>'
    limits = [*{each["value"]: each for each in properties.get("annotations", {}).get("horizontal", [])}.values()]
    for number, limit in enumerate(limits[:_MOST_SERIES]):
        top = 54 + number * 18
        yield f'<path d="M14 {top}H{width - 14}" stroke="{_LIMIT}" stroke-dasharray="5 4"/>'
        yield _text(width - 18, top - 4, f"{limit['value']:,g}  {limit['label']}", 10, _LIMIT, anchor="end")
    for number, label in enumerate(shown):
        top = bottom + 20 + 16 * number
        colour = _FAINT if label.startswith("and ") else _SERIES[number % len(_SERIES)]
        yield f'<path d="M14 {top - 4}h14" stroke="{colour}" stroke-width="2"/>'
        yield _text(34, top, label, 11, _INK)


def _text(x: float, y: float, text: str, size: int, colour: str, weight: str = "400", anchor: str = "start") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" font-weight="{weight}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def main() -> None:
    """Write the picture."""
    FILE.write_text(current())


if __name__ == "__main__":
    main()
