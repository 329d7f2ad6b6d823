"""Renders the estimates of several stacks as Markdown, for `docs/cost.md`."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from analysis.cost.model import Estimate
from analysis.cost.plan import compare
from ops.cost.savings import Saving

Savings = Mapping[str, Sequence[tuple[Saving, Decimal]]]
"""The savings of each stack, with USD a month."""


TIMES = 4
"""How many times the assumed traffic is estimated as well."""


def tables(
    estimates: Mapping[str, Estimate],
    busier: Mapping[str, Estimate],
    budgets: Mapping[str, Decimal],
    savings: Savings,
) -> str:
    """Return the tables of `docs/cost.md`, in whole USD.

    One has all stacks by AWS service, one per stack compares it with the plan, and one lists the savings. `busier` are
    the estimates with `TIMES` the traffic.
    """
    compared = [_compared_with_plan(*each) for each in estimates.items()]
    return "\n".join([*_by_service(estimates, busier, budgets), *compared, *_savings(savings)])


def _by_service(
    estimates: Mapping[str, Estimate], busier: Mapping[str, Estimate], budgets: Mapping[str, Decimal]
) -> list[str]:
    sums = {stack: estimate.by_service for stack, estimate in estimates.items()}
    services = dict.fromkeys(service for by_service in reversed(sums.values()) for service in by_service)
    rows = [(service, *(by_service.get(service) for by_service in sums.values())) for service in services]
    rows += [
        ("**Total**", *(estimate.total for estimate in estimates.values())),
        (f"With {TIMES} times the traffic, on as many nodes", *(each.total for each in busier.values())),
        ("All nodes and serverless databases at their maximum", *(each.ceiling for each in estimates.values())),
        ("Budget", *(budgets[stack] for stack in estimates)),
    ]
    missing = {line.what.partition(":")[0] for estimate in estimates.values() for line in estimate.unpriced}
    return [
        f"| USD a month | {' | '.join(estimates)} |",
        f"|---|{'---:|' * len(estimates)}",
        *(f"| {name} | {' | '.join(_usd(amount) for amount in amounts)} |" for name, *amounts in rows),
        f"\nWithout a price, so not counted: {', '.join(sorted(missing))}.",
    ]


def _compared_with_plan(stack: str, estimate: Estimate) -> str:
    planned = compare(stack, estimate)
    if not planned:
        return f"\nThe plan has no figure for {stack}."
    rows = [(each.name, each.planned, each.estimated, each.why or "-") for each in planned]
    total = ("**Total**", sum(each.planned for each in planned), estimate.total, "")
    lines = [f"| {name} | {first:,.0f} | {second:,.0f} | {why} |" for name, first, second, why in [*rows, total]]
    return "\n".join([f"\n| {stack} | Planned | Estimated | Why |", "|---|---:|---:|---|", *lines])


def _savings(savings: Savings) -> list[str]:
    rows = [
        f"| {stack} | {saving.what} | `{saving.key}: {saving.instead}` | {_usd(amount)} |"
        for stack, found in savings.items()
        for saving, amount in found
    ]
    return ["\n| Stack | What saves | What takes it back | USD a month |", "|---|---|---|---:|", *rows]


def _usd(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount:,.0f}"
