"""Shows the commands' findings: tables for people, JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def table(*columns: str) -> Table:
    """Return an empty table without borders; a column whose name begins with `>` is aligned to the right."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        made.add_column(name.removeprefix(">"), justify="right" if name.startswith(">") else "left", overflow="fold")
    return made


def console() -> Console:
    """Return a console that keeps long lines whole where no terminal limits them."""
    made = Console(highlight=False)
    if not made.is_terminal:
        made.width = 200
    return made


def put(out: Console, found: Table) -> None:
    """Print a table. Without a terminal, lines end with their last word."""
    if out.is_terminal:
        out.print(found)
        return
    with out.capture() as captured:
        out.print(found)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def as_json(found: object) -> str:
    """Return dataclasses, or a list of them, as JSON with times in ISO 8601."""

    def plain(value: Any) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        return value.isoformat() if isinstance(value, datetime) else str(value)

    return json.dumps(found, default=plain, indent=2, ensure_ascii=False)


def age(time: datetime | str, now: datetime | None = None) -> str:
    """Return how long ago the time was, such as `3 h`; the time may be a text in ISO 8601."""
    begun = datetime.fromisoformat(time) if isinstance(time, str) else time
    return lasting(((now or datetime.now(UTC)) - begun).total_seconds())


def lasting(seconds: float) -> str:
    """Return a duration in its largest unit, such as `52 s`, `12 min`, `3 h` or `4 d`."""
    for unit, word in _UNITS:
        if seconds >= unit:
            return f"{seconds // unit:.0f} {word}"
    return f"{max(seconds, 0):.0f} s"


def in_columns(rows: Sequence[tuple[str, str]]) -> Table:
    """Return names with what there is to say of them, as a table without a head."""
    made = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    made.add_column(style="bold")
    made.add_column(overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made
