"""The tables in the documentation."""

from tests.ops.cost_documentation import FILE, current


def test_the_documentation_is_current() -> None:
    assert current() in FILE.read_text(), "run python -m tests.ops.cost_documentation"
