"""What a month of the stack may cost."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

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
    """Yield a violation for the dearest resource, if the stack's estimate is above its budget.

    What has no price does not count. A quantity not known yet leaves the rule open, unless the rest is too much.
    """
    try:
        config = _settings()
    except ValueError as error:
        if resource is next(stack.of(*PRICED)):
            yield Violation(str(error), f"{KEY} as Pulumi.yaml describes it")
        return
    found, dearest, own = _estimated(stack)
    if resource is not dearest:
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
    """The estimate, its dearest resource, and USD a month of that one.

    Kept, as the rule is asked about every resource of a stack.
    """
    priced = [each for each in stack.resources if each.type in PRICED]
    # Those of AWS that cost nothing themselves, such as launch templates, say how large others are.
    billed = (each for each in stack.resources if each.type in PRICED or each.type.startswith("aws:"))
    found = estimate((_state(each) for each in billed), _settings().usage)
    amounts = _amounts(found, priced)
    dearest = max(priced, key=lambda each: amounts[_state(each).name])
    return found, dearest, amounts[_state(dearest).name]


def _settings() -> CostConfig:
    # Rules are read without Pulumi; only a run of the pack has a configuration to ask for.
    import pulumi

    namespace, _, name = KEY.partition(":")
    return checked(pulumi.get_stack(), KEY, pulumi.Config(namespace).get_object(name), CostConfig)


def _amounts(found: Estimate, priced: Sequence[Resource]) -> dict[str, Decimal]:
    """USD a month by resource, of the lines that are of one alone."""
    amounts = {_state(each).name: Decimal() for each in priced}
    for line in found.lines:
        if line.resource in amounts:
            amounts[line.resource] += line.monthly or 0
    return amounts


def _state(resource: Resource) -> State:
    return State(urn=resource.urn, type=resource.type, inputs=_plain(resource.content))


def _plain(content: Any) -> Any:
    """The values with the mark of previews for what is not known."""
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
