"""The original cost plan."""

from analysis.cost.plan import columns


def test_the_plan_adds_up() -> None:
    totals = {stack: sum(column.planned[stack] for column in columns()) for stack in ("dev", "prod")}
    assert totals == {"dev": 418, "prod": 1433}
