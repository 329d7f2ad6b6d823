"""The CIDR plan holds for every VPC and every choice of zones."""

from ipaddress import IPv4Network
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from components.base.subnets import ZONES, plan


@st.composite
def vpcs(draw: st.DrawFn) -> IPv4Network:
    prefix = draw(st.integers(16, 20))
    return IPv4Network((draw(st.integers(0, 2**prefix - 1)) << (32 - prefix), prefix))


zones = st.sets(st.sampled_from(ZONES), min_size=1)


@given(vpcs(), zones)
def test_subnets_lie_in_the_vpc_and_do_not_overlap(vpc: IPv4Network, used: set[str]) -> None:
    subnets = [cidr for zone in plan(vpc, used).values() for cidr in (zone.public, zone.private, zone.data)]
    assert all(subnet.subnet_of(vpc) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@given(vpcs(), zones, st.sampled_from(ZONES))
def test_adding_a_zone_moves_nobody(vpc: IPv4Network, used: set[str], another: str) -> None:
    before, after = plan(vpc, used), plan(vpc, used | {another})
    assert {zone: after[zone] for zone in before} == before


@given(vpcs())
def test_sizes(vpc: IPv4Network) -> None:
    for zone in plan(vpc, ZONES).values():
        assert zone.private.num_addresses * 8 == vpc.num_addresses
        assert zone.public.num_addresses * 64 == zone.data.num_addresses * 64 == vpc.num_addresses


def test_example() -> None:
    zone = plan(IPv4Network("10.10.0.0/16"), "c")["c"]
    assert (str(zone.private), str(zone.public), str(zone.data)) == (
        "10.10.64.0/19",
        "10.10.200.0/22",
        "10.10.232.0/22",
    )
