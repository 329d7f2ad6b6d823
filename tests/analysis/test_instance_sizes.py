"""What is known of instance types agrees with what the simulated AWS says of them, and with the price list."""

from decimal import Decimal

import pytest

from analysis.cost.prices import prices
from analysis.instance_sizes import cache_memory, database_memory, instance_type
from emulator.aws.instance_types import TYPES


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_is_the_same_everywhere(name: str) -> None:
    found, other = instance_type(name), TYPES[name]
    # C5 and the first size of Graviton have sizes that the general rule does not give.
    if found is None:
        assert name.startswith("c5.")
        return
    assert (found.vcpus, found.memory) == (other.vcpu, other.memory * 1024)
    assert (found.interfaces, found.addresses) == (other.interfaces, other.addresses)


def test_every_type_with_a_price_has_a_size() -> None:
    listed = prices().prices
    assert all(instance_type(name) for name in listed["EC2"])
    assert all(database_memory(name) for name in listed["RDS"] if name.startswith("db.") and name != "db.serverless")
    assert all(cache_memory(name.split()[1]) for name in listed["ElastiCache"])


@pytest.mark.parametrize(
    ("found", "gib"),
    [
        (database_memory("db.r7g.large"), Decimal(16)),
        (database_memory("db.t4g.medium"), Decimal(4)),
        (database_memory("db.serverless"), None),
        (cache_memory("cache.t4g.micro"), Decimal("0.5")),
        (cache_memory("cache.t4g.small"), Decimal("1.37")),
        (cache_memory("cache.r7g.large"), Decimal("13.07")),
        (cache_memory("cache.x9.large"), None),
    ],
)
def test_memory(found: Decimal | None, gib: Decimal | None) -> None:
    assert found == gib
