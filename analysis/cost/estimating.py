"""Estimates the monthly bill of a stack from its resources."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from analysis.cost import compute, networking, stores, watching
from analysis.cost.model import PENDING, Estimate, Line
from analysis.cost.prices import prices
from analysis.cost.stack import NotKnown, Rule, Stack, component
from analysis.cost.usage import Usage
from analysis.preview import State

RULES: dict[str, Rule] = compute.RULES | networking.RULES | stores.RULES | watching.RULES
"""The rule that prices a resource, by resource type."""


def estimate(resources: Iterable[State], usage: Usage) -> Estimate:
    """Estimate a month of the resources with this usage, at the prices of the dated file.

    Node groups count at the nodes that the services' minimum needs. External resources, which the program only reads,
    are left out. A resource without a price, or whose quantity is known only after the update, becomes a line without a
    price.
    """
    own = tuple(resource for resource in resources if not resource.external)
    stack = Stack(own, usage, prices())
    return Estimate(tuple(line for resource in stack.resources for line in _lines(resource, stack)))


def _lines(resource: State, stack: Stack) -> Iterator[Line]:
    rule = RULES.get(resource.type)
    if rule is not None:
        try:
            # The engine passes policies an object without inputs while the cluster that it goes into does not exist.
            if resource.type.startswith("kubernetes:") and not resource.inputs:
                raise NotKnown("all its properties")
            yield from rule.lines(resource, stack)
        except NotKnown as missing:
            note = f"not known before the update: {missing}"
            yield _without_price(resource, rule.service, PENDING, note)
    # Components and providers cost nothing, and Kubernetes objects run on nodes that are already counted.
    elif resource.type.startswith("aws:") and resource.type not in stack.prices.free:
        service = resource.type.removeprefix("aws:").partition("/")[0]
        yield _without_price(resource, service, "(not in the price list)", f"{resource.type} is not in the price list")


def _without_price(resource: State, service: str, what: str, note: str) -> Line:
    return Line(resource.name, component(resource), service, what, Decimal(), "", None, note)
