"""The differences of two estimates."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from analysis.cost import Estimate, Line, difference
from analysis.cost.difference import Difference
from analysis.preview import UNKNOWN
from tests.analysis.cost.costs import CACHE, ESTIMATES, LINES, lines, node_group, state


@given(ESTIMATES, ESTIMATES)
def test_the_way_back_saves_what_the_way_there_costs(one: Estimate, other: Estimate) -> None:
    there, back = difference(one, other), difference(other, one)
    assert there.total == -back.total
    assert sum(there.by_service.values()) == there.total
    assert {service: -amount for service, amount in back.by_service.items()} == there.by_service


@given(ESTIMATES)
def test_nothing_differs_from_itself(found: Estimate) -> None:
    assert difference(found, found) == Difference(())


@given(st.lists(LINES.map(lambda line: replace(line, price=Decimal(2))), max_size=8).map(tuple))
def test_with_all_prices_known_the_difference_is_that_of_the_totals(found: tuple[Line, ...]) -> None:
    assert difference(Estimate(()), Estimate(found)).total == Estimate(found).total


def test_growing_is_one_change_with_both_sizes() -> None:
    one, other = Estimate(tuple(lines(*node_group(2)))), Estimate(tuple(lines(*node_group(3))))
    nodes, volumes = difference(one, other).changes
    assert (nodes.what, nodes.difference) == ("Nodes: 2 x m7g.large -> 3 x m7g.large", Decimal("73.219"))
    assert (volumes.what, volumes.difference) == ("Volumes: 2 x 50 GiB gp3 -> 3 x 50 GiB gp3", Decimal("4.56"))


def test_a_change_to_what_has_no_price_saves_nothing() -> None:
    one, other = (
        Estimate(tuple(lines(state(CACHE, {"engine": "valkey", "nodeType": type_}))))
        for type_ in ("cache.t4g.micro", "cache.x2g.large")
    )
    (change,) = difference(one, other).unpriced
    assert (change.before, change.after, change.difference) == (Decimal("14.016"), None, None)
    assert difference(one, other).total == 0


def test_what_is_not_known_yet_is_not_gone() -> None:
    one, other = Estimate(tuple(lines(*node_group(2)))), Estimate(tuple(lines(*node_group(UNKNOWN))))
    found = difference(one, other)
    assert found.total == 0
    assert {change.what for change in found.unpriced} == {"Nodes: 2 x m7g.large", "Volumes: 2 x 50 GiB gp3"}
