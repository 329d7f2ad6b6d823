"""Turns measurements into the table that `make bench` prints, `bench/results.json` and docs/benchmarks.md show."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

TITLES = {
    "commands": "Commands",
    "growth": "Growth",
    "idle": "Idle",
    "paths": "Time on AWS",
    "help": "Start of a command",
}
"""Headings of the documentation, by part of the results."""


@dataclass(frozen=True)
class Row:
    """A figure with the limit that it is held to; without one it is for information."""

    what: str
    unit: str
    values: tuple[float, ...]
    limit: float | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The row as it is written into the results."""
        spread = {"minimum": min(self.values), "median": statistics.median(self.values), "maximum": max(self.values)}
        rounded = {key: round(value, 3) for key, value in spread.items()}
        return {key: value for key, value in asdict(self).items() if key != "values"} | rounded


def table(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the rows as a Markdown table."""
    lines = ["| Figure | Unit | Minimum | Median | Maximum | Limit |", "|---|---|---|---|---|---|"]
    for row in rows:
        limit = "" if row["limit"] is None else _number(row["limit"])
        figures = " | ".join(_number(row[key]) for key in ("minimum", "median", "maximum"))
        lines.append(f"| {row['what']} | {row['unit']} | {figures} | {limit} |")
    return lines


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")


def document(results: dict[str, Any]) -> str:
    """Return all tables, with what they were taken on."""
    taken = results["taken"]
    lines = [f"Taken on {taken['on']}, with {taken['processors']} processors and Python {taken['python']}."]
    for name, title in TITLES.items():
        if name in results:
            lines += ["", f"## {title}", "", *table(results[name])]
    return "\n".join(lines) + "\n"
