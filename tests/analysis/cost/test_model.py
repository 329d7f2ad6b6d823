"""The sums of an estimate."""

from decimal import Decimal

from hypothesis import given

from analysis.cost import Estimate
from tests.analysis.cost.costs import ESTIMATES, lines, node_group


@given(ESTIMATES)
def test_every_line_counts_once(found: Estimate) -> None:
    assert sum(found.by_service.values()) == found.total
    assert sum(found.by_component.values()) == found.total
    assert len(found.unpriced) + sum(line.monthly is not None for line in found.lines) == len(found.lines)


def test_the_ceiling_has_every_node() -> None:
    found = Estimate(tuple(lines(*node_group())))
    # 5 instead of 2 nodes, each 73.219 and a volume of 4.56.
    assert found.total == Decimal("155.558")
    assert found.ceiling == Decimal("388.895")
