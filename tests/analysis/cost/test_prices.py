"""The price list."""

import pytest

from analysis.cost.prices import prices


@pytest.mark.parametrize("service", list(prices().prices))
def test_every_price_names_its_source(service: str) -> None:
    assert {price.source for price in prices().prices[service].values()} <= set(prices().sources)
    assert all(price.price > 0 for price in prices().prices[service].values())


def test_inferred_prices_are_right() -> None:
    ec2 = prices().prices["EC2"]
    assert ec2["t4g.large"].price == 2 * ec2["t4g.medium"].price
    assert ec2["m6g.large"].price * 2 == ec2["m6g.xlarge"].price
