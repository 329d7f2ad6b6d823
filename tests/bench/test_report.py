"""The tables of the benchmark."""

import json

from bench.__main__ import DOCUMENTATION, RESULTS
from bench.report import TITLES, Row, document, table


def test_a_row_has_minimum_median_and_maximum() -> None:
    row = Row("a command", "s", (3.0, 1.0, 2.0), 1.5).document
    assert row == {"what": "a command", "unit": "s", "limit": 1.5, "minimum": 1.0, "median": 2.0, "maximum": 3.0}
    assert table([row])[-1] == "| a command | s | 1 | 2 | 3 | 1.5 |"


def test_a_figure_without_a_limit_leaves_it_empty() -> None:
    assert table([Row("size", "MiB", (1234.5,)).document])[-1] == "| size | MiB | 1,234 | 1,234 | 1,234 |  |"


def test_the_documentation_shows_the_results() -> None:
    results = json.loads(RESULTS.read_text())
    assert results.keys() - {"taken"} == TITLES.keys(), "run make bench"
    assert DOCUMENTATION.read_text().endswith(document(results)), "run make bench"
