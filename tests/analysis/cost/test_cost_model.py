"""Sums of an estimate, and differences of two."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cost import Estimate, Line, difference
from analysis.cost.difference import Difference
from analysis.cost.prices import prices
from analysis.preview import UNKNOWN
from tests.analysis.cost.costs import CACHE, lines, node_group, state

MONEY = st.decimals(min_value=0, max_value=1000, places=4)
NAMES = st.sampled_from(["one", "two", "three"])
LINES = st.builds(
    Line,
    resource=NAMES,
    component=NAMES,
    service=NAMES,
    what=st.sampled_from(["Nodes: 1", "Nodes: 2", "Storage"]),
    quantity=MONEY,
    unit=st.just("hours"),
    price=st.none() | MONEY,
    at_most=st.none() | MONEY,
)
ESTIMATES = st.builds(Estimate, st.lists(LINES, max_size=8).map(tuple))


@given(ESTIMATES)
def test_every_line_counts_once(found: Estimate) -> None:
    assert sum(found.by_service.values()) == found.total
    assert sum(found.by_component.values()) == found.total
    assert len(found.unpriced) + sum(line.monthly is not None for line in found.lines) == len(found.lines)


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


def test_the_ceiling_has_every_node() -> None:
    found = Estimate(tuple(lines(*node_group())))
    # 5 instead of 2 nodes, each 73.219 and a volume of 4.56.
    assert found.total == Decimal("155.558")
    assert found.ceiling == Decimal("388.895")


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


@pytest.mark.parametrize("service", list(prices().prices))
def test_every_price_names_its_source(service: str) -> None:
    assert {price.source for price in prices().prices[service].values()} <= set(prices().sources)
    assert all(price.price > 0 for price in prices().prices[service].values())


def test_inferred_prices_are_right() -> None:
    ec2 = prices().prices["EC2"]
    assert ec2["t4g.large"].price == 2 * ec2["t4g.medium"].price
    assert ec2["m6g.large"].price * 2 == ec2["m6g.xlarge"].price
