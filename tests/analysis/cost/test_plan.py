"""The original cost plan."""

import pytest

from analysis.cost import busier, usage_of
from analysis.cost.plan import columns, compare
from tests.ops.cost_documentation import estimated


def test_the_plan_adds_up() -> None:
    totals = {stack: sum(column.planned[stack] for column in columns()) for stack in ("dev", "prod")}
    assert totals == {"dev": 418, "prod": 1433}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_costs_no_more_than_planned(stack: str) -> None:
    """With everything in it that the plan leaves out: NAT, firewall, keys, logs and data transfer."""
    planned = sum(column.planned[stack] for column in columns())
    found = estimated(stack)
    assert found.total <= planned
    assert {"VPC", "KMS", "CloudWatch", "Data transfer"} <= found.by_service.keys()
    assert ("WAF" in found.by_service) == (stack == "prod")
    assert not [line for line in found.lines if line.pending]


def test_production_assumes_no_less_traffic_than_the_plan_pays_for() -> None:
    (column,) = [each for each in columns() if each.services == ("S3", "CloudFront")]
    (compared,) = [each for each in compare("prod", estimated("prod")) if each.name == column.name]
    assert abs(compared.estimated - compared.planned) < 1


def test_more_traffic_changes_no_nodes_and_no_stores() -> None:
    usage = usage_of("prod")
    more = busier(usage, 4)
    assert (more.cdn_gb, more.nat_gb) == (4 * usage.cdn_gb, 4 * usage.nat_gb)
    assert (more.database_gb, more.spot_discount_percent) == (usage.database_gb, usage.spot_discount_percent)
