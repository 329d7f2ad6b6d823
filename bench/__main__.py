"""Takes the measurements, prints them, and writes `bench/results.json`: `python -m bench`."""

import json
import os
import platform
import resource
import subprocess
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bench import commands, growth
from bench.paths import paths
from bench.report import Row, document
from bench.trial import PROJECT

RESULTS = PROJECT / "bench" / "results.json"
DOCUMENTATION = PROJECT / "docs" / "benchmarks.md"
MARK = "<!-- tables -->\n"
_TIMES_THE_FLOOR = 1.5
"""The aim for every command: so many times the floor."""


def main(
    rounds: Annotated[int, typer.Option(help="How often the commands are measured.")] = 5,
    only: Annotated[
        list[str] | None, typer.Option(help="Measure only this: commands, growth, idle, paths or help; again for more.")
    ] = None,
) -> None:
    """Measure the commands, and update their rows of the results."""
    parts = {
        "paths": _paths,
        "help": _help,
        "commands": lambda: _commands(rounds),
        "growth": lambda: _growth(rounds),
        "idle": _idle,
    }
    chosen = only or list(parts)
    if unknown := sorted(set(chosen) - parts.keys()):
        sys.exit(f"--only {unknown[0]}: one of {', '.join(parts)}")
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in chosen:
        print(f"measuring: {name}", flush=True)
        results[name] = [row.document for row in parts[name]()]
        results["taken"] = {
            "on": datetime.now(UTC).date().isoformat(), "commit": _commit(), "processors": os.cpu_count(),
            "python": platform.python_version(),
        }  # fmt: skip
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")
        _show(name, results[name])
    text, mark, _ = DOCUMENTATION.read_text().partition(MARK)
    DOCUMENTATION.write_text(f"{text}{mark}\n{document(results)}")


def _commands(rounds: int) -> list[Row]:
    count = commands.resources()
    taken = [commands.one_round(count) for _ in range(rounds)]
    rows = [Row("resources of dev", "resources", (float(count),))]
    for step in commands.STEPS:
        shop, floor = [each[step] for each, _ in taken], [each[step] for _, each in taken]
        ratios = tuple(one / other for one, other in zip(shop, floor, strict=True))
        rows.append(Row(f"`{step}`", "s", tuple(shop)))
        rows.append(Row(f"`{step}`, times as long as bare resources", "ratio", ratios, _TIMES_THE_FLOOR))
    return rows


def _growth(rounds: int) -> list[Row]:
    taken = [growth.sizes() for _ in range(rounds)]
    rows: list[Row] = []
    for sizes in zip(*taken, strict=True):
        what = f"preview of {sizes[0].services} services ({sizes[0].resources} resources)"
        rows.append(Row(what, "ms of CPU per resource", tuple(1000 * each.cpu / each.resources for each in sizes)))
        rows.append(Row(what, "MiB of the largest process", tuple(each.peak for each in sizes)))
    what = "CPU of one more resource, between 32 and 128 services against 8 and 32"
    return [*rows, Row(what, "ratio", tuple(growth.bend(sizes) for sizes in taken), 1.1)]


def _idle() -> list[Row]:
    used = commands.idle()
    rows = [Row(f"idle emulator: {name}", "% of a core", (percent,)) for name, percent in sorted(used.items())]
    return [*rows, Row("idle emulator, all processes", "% of a core", (sum(used.values()),), 2)]


def _paths() -> list[Row]:
    return [Row(each.what, "s by durations of AWS", (each.seconds,), each.limit) for each in paths()]


def _help() -> list[Row]:
    def cpu() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([sys.executable, "-m", "ops", "--help"], cwd=PROJECT, capture_output=True, check=True)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before

    return [Row("`ops --help`", "s of CPU", tuple(cpu() for _ in range(5)), 0.3)]


def _show(name: str, rows: list[dict[str, Any]]) -> None:
    found = Table("Figure", "Unit", "Minimum", "Median", "Maximum", "Limit", title=name, title_justify="left")
    for row in rows:
        figures = (row["minimum"], row["median"], row["maximum"], row["limit"])
        found.add_row(row["what"], row["unit"], *("" if value is None else f"{value:g}" for value in figures))
    Console(width=None if Console().is_terminal else 150).print(found)


def _commit() -> str:
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=PROJECT, capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    typer.run(main)
