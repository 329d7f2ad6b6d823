"""The budget of a month: which resource is named, and what is not known yet."""

import json
from collections.abc import Generator, Sequence
from datetime import date
from typing import Any

import pytest
from pulumi.runtime.config import set_all_config

from analysis.exceptions import RuleException
from policies.pack import Pack
from policies.resources import UNKNOWN, Resource, Stack
from policies.rule import Violation
from policies.rules.budget import RULES
from tests.components.program import stack_file

(RULE,) = RULES
TEMPLATE = {"blockDeviceMappings": [{"ebs": {"volumeSize": 50, "volumeType": "gp3"}}]}


@pytest.fixture(autouse=True)
def budget() -> Generator[None]:
    """250 USD, of which two nodes of m7g.large take 155.56 and a NAT gateway 43.07."""
    given(stack_file("dev")["openmarket:cost"] | {"monthlyBudget": 250})
    yield
    set_all_config({})


def given(cost: Any) -> None:
    set_all_config({"openmarket:cost": json.dumps(cost)} if cost else {})


def made(type_: str, name: str, **content: Any) -> Resource:
    return Resource(type_, name, content, urn=f"urn:pulumi:dev::openmarket::{type_}::{name}")


def nodes(desired: object) -> list[Resource]:
    sizes = {"desiredSize": desired, "maxSize": 9}
    return [
        made("aws:ec2/launchTemplate:LaunchTemplate", "nodes-template", **TEMPLATE),
        made("aws:eks/nodeGroup:NodeGroup", "nodes-group", instanceTypes=["m7g.large"], scalingConfig=sizes),
    ]


GATEWAY = made("aws:ec2/natGateway:NatGateway", "gateway")


def found(resources: Sequence[Resource], *exceptions: RuleException) -> tuple[dict[str, Violation], int]:
    """Violations by resource, and how many resources could not be violations yet."""
    pack, stack = Pack("dev", exceptions, production=True, today=date(2027, 1, 1)), Stack(resources)
    subjects = [*stack.of(*RULE.types)]
    seen = {each.name: violation for each in subjects for violation in pack.violations(RULE, each, stack)}
    return seen, pack.undecided[RULE.id]


def test_a_stack_within_its_budget() -> None:
    assert found([GATEWAY, *nodes(2)]) == ({}, 0)


def test_above_it_the_most_expensive_resource_is_named_once() -> None:
    violations, _ = found([GATEWAY, *nodes(3)])
    assert list(violations) == ["nodes-group"]
    # 3 x 73.219 and volumes of 4.56, and the gateway with 100 GB; 50 GB from zone to zone.
    assert "283 USD, 233 of it here, and the budget is 250" in str(violations["nodes-group"])
    assert "./openmarket ops cost" in violations["nodes-group"].right


def test_what_is_not_known_yet_may_still_fit() -> None:
    assert found([GATEWAY, *nodes(UNKNOWN)]) == ({}, 1)


def test_what_is_known_may_be_too_much_already() -> None:
    ingress = made("kubernetes:networking.k8s.io/v1:Ingress", "ingress")
    violations, undecided = found([ingress, *nodes(4)])
    assert (list(violations), undecided) == (["nodes-group"], 0)


def test_an_exception_accepts_it() -> None:
    accepted = RuleException("monthly-budget", "nodes-group", ("dev",), "the sale in January", date(2027, 1, 31))
    assert found(nodes(9), accepted) == ({}, 0)


@pytest.mark.parametrize("cost", [None, {"monthlyBudget": 0}])
def test_a_stack_without_a_budget_is_told_once(cost: Any) -> None:
    given(cost)
    violations, _ = found([GATEWAY, *nodes(1)])
    assert list(violations) == ["gateway"]
    assert "openmarket:cost" in str(violations["gateway"])
