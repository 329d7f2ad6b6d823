"""Checks that the estimated cost of the stack is within its monthly budget."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from analysis.capacity import AUTOSCALERS, DEPLOYMENT
from analysis.cost import Estimate, estimate
from analysis.cost.estimating import RULES as PRICED
from analysis.cost.usage import KEY
from analysis.preview import UNKNOWN as NOT_KNOWN
from analysis.preview import State
from components.config.cost import CostConfig
from components.config.problems import checked
from policies.resources import UNKNOWN, NotYetKnownError, Resource, Stack
from policies.rule import Level, StackRule, Violation


def monthly_budget(resource: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for the most expensive resource if the stack's estimate exceeds its budget.

    Items without a price do not count. A quantity that is not known yet leaves the rule undecided, unless the rest
    already exceeds the budget.
    """
    try:
        config = _settings()
    except ValueError as error:
        if resource is next(stack.of(*PRICED)):
            yield Violation(str(error), f"{KEY} as Pulumi.yaml describes it")
        return
    found, largest, own = _estimated(stack)
    if resource is not largest:
        return
    if found.total > config.monthly_budget:
        yield Violation(
            f"a month of the stack costs about {found.total:,.0f} USD, {own:,.0f} of it here, and the budget is "
            f"{config.monthly_budget:,.0f}",
            f"fewer or smaller resources (`./openmarket ops cost` lists them), or a larger {KEY}.monthlyBudget",
        )
    elif missing := [line for line in found.lines if line.pending]:
        raise NotYetKnownError(", ".join(f"{line.resource}: {line.note}" for line in missing))


@lru_cache(maxsize=1)
def _estimated(stack: Stack) -> tuple[Estimate, Resource, Decimal]:
    """Return the estimate, its most expensive resource, and that resource's USD a month.

    The result is cached, because the rule is called for every resource of a stack.
    """
    priced = [each for each in stack.resources if each.type in PRICED]
    # Resources that cost nothing themselves, such as launch templates and Deployments, determine the size of others.
    sizing = (*PRICED, DEPLOYMENT, *AUTOSCALERS)
    billed = (each for each in stack.resources if each.type in sizing or each.type.startswith("aws:"))
    found = estimate((_state(each) for each in billed), _settings().usage)
    amounts = _amounts(found, priced)
    largest = max(priced, key=lambda each: amounts[_state(each).name])
    return found, largest, amounts[_state(largest).name]


def _settings() -> CostConfig:
    # The rules are imported without the SDK; only a run of the pack has a configuration to read.
    import pulumi

    namespace, _, name = KEY.partition(":")
    return checked(pulumi.get_stack(), KEY, pulumi.Config(namespace).get_object(name), CostConfig)


def _amounts(found: Estimate, priced: Sequence[Resource]) -> dict[str, Decimal]:
    """Return USD a month by resource, of the lines that belong to a single resource."""
    amounts = {_state(each).name: Decimal() for each in priced}
    for line in found.lines:
        if line.resource in amounts:
            amounts[line.resource] += line.monthly or 0
    return amounts


def _state(resource: Resource) -> State:
    return State(urn=resource.urn, type=resource.type, inputs=_plain(resource.content))


def _plain(content: Any) -> Any:
    """Convert the unknown values of policies to those of previews."""
    if content is UNKNOWN:
        return NOT_KNOWN
    if isinstance(content, Mapping):
        return {key: _plain(item) for key, item in cast(Mapping[str, Any], content).items()}
    return [_plain(item) for item in cast(list[Any], content)] if isinstance(content, list) else content


RULES = (
    StackRule(
        "monthly-budget", "The estimate of a month is within the stack's budget", (),
        Level.ADVISED, tuple(PRICED), monthly_budget,
    ),
)  # fmt: skip
