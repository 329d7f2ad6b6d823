"""The table of rules in the documentation."""

from policies.documentation import FILE, table


def test_every_rule_is_documented() -> None:
    assert table() in FILE.read_text(), "run python -m policies.documentation"
