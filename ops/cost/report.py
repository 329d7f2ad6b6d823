"""Renders an estimate as tables and as JSON."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from rich import box
from rich.columns import Columns
from rich.console import RenderableType
from rich.table import Table

from analysis.cost.difference import Difference
from analysis.cost.model import Estimate, Line
from analysis.cost.plan import Compared, compare
from analysis.cost.prices import prices
from components.config.cost import CostConfig, UsageConfig

_USAGE_COLUMNS = 3
_SHOWN = 12
"""Number of the most expensive lines that are shown; the others are small."""


def tables(stack: str, config: CostConfig, found: Estimate, changed: Difference | None) -> Iterator[RenderableType]:
    """Yield the parts of the report, the most important first."""
    yield summary(stack, config.monthly_budget, found)
    yield ""
    yield Columns([_sums("AWS service", found.by_service), _sums("Component", found.by_component)], padding=(0, 4))
    if changed is not None:
        yield from _changes(changed)
    yield _most_expensive(found)
    if found.unpriced:
        yield _unpriced(found)
    yield from _usage(config.usage)
    if planned := compare(stack, found):
        yield _plan(planned)
    listed = prices()
    yield (
        f"Prices: {listed.region}, {listed.date}, first tiers, without taxes, free tiers and discounts; second-hand. "
        "analysis/cost/prices.yaml has every one with its source."
    )


def summary(stack: str, budget: Decimal, found: Estimate) -> str:
    """Return the total, compared with the budget, in two lines."""
    left = budget - found.total
    verdict = f"{_usd(left)} below" if left >= 0 else f"[red]{_usd(-left)} above[/red]"
    return (
        f"[bold]{stack}: {found.total:,.2f} USD a month[/bold], {verdict} the budget of {_usd(budget)}.\n"
        "Node groups count at what the services' minimum needs; with all nodes and serverless databases at their "
        f"maximum it is {_usd(found.ceiling)}."
    )


def document(stack: str, config: CostConfig, found: Estimate, changed: Difference | None) -> dict[str, Any]:
    """Return the report as JSON; amounts are USD a month, rounded to cents."""
    answer: dict[str, Any] = {
        "stack": stack,
        "prices": {"region": prices().region, "date": str(prices().date), "currency": prices().currency},
        "total": _cents(found.total),
        "ceiling": _cents(found.ceiling),
        "budget": _cents(config.monthly_budget),
        "byService": {name: _cents(amount) for name, amount in found.by_service.items()},
        "byComponent": {name: _cents(amount) for name, amount in found.by_component.items()},
        "lines": [_line(line) for line in found.lines],
        "usage": {key: float(value) for key, value in config.usage.model_dump(by_alias=True).items()},
    }
    if changed is not None:
        answer["difference"] = {
            "total": _cents(changed.total),
            "byService": {name: _cents(amount) for name, amount in changed.by_service.items()},
            "changes": [
                {"resource": each.resource, "service": each.service, "what": each.what}
                | {"before": _cents(each.before), "after": _cents(each.after)}
                for each in changed.changes
            ],
        }
    return answer


def _line(line: Line) -> dict[str, Any]:
    names = {name: getattr(line, name) for name in ("resource", "component", "service", "what", "unit", "note")}
    price = None if line.price is None else float(line.price)
    return names | {"quantity": float(line.quantity), "price": price, "monthly": _cents(line.monthly)}


def _sums(title: str, amounts: Mapping[str, Decimal]) -> Table:
    table = _table(title, USD="right")
    for name, amount in amounts.items():
        table.add_row(name, _usd(amount))
    table.add_section()
    table.add_row("[bold]Total[/bold]", f"[bold]{_usd(sum(amounts.values(), Decimal()))}[/bold]")
    return table


def _most_expensive(found: Estimate) -> Table:
    lines = sorted((line for line in found.lines if line.monthly), key=lambda line: -(line.monthly or 0))
    table = _table("Resource", Item="left", Quantity="right", Price="right", USD="right", Note="left")
    table.title = f"The {min(_SHOWN, len(lines))} most expensive of {len(lines)} lines, and those with a note"
    for line in [*lines[:_SHOWN], *(line for line in lines[_SHOWN:] if line.note)]:
        amount = f"{_quantity(line.quantity)} {line.unit}"
        table.add_row(line.resource, line.what, amount, f"{line.price:f}", _usd(line.monthly), line.note)
    return table


def _unpriced(found: Estimate) -> Table:
    table = _table("Resource", Service="left", Item="left", Why="left")
    table.title = "Not in the total"
    for line in found.unpriced:
        table.add_row(line.resource, line.service, line.what, line.note)
    return table


def _changes(changed: Difference) -> Iterator[RenderableType]:
    if not changed.changes:
        yield "\nThe change does not affect the cost."
        return
    table = _table("Resource", Service="left", Item="left", Before="right", After="right", Difference="right")
    table.title = f"The change: {change_summary(changed)}"
    for each in changed.changes:
        amounts = (_usd(each.before), _usd(each.after), _signed(each.difference))
        table.add_row(each.resource, each.service, each.what, *amounts)
    table.add_section()
    for service, amount in changed.by_service.items():
        table.add_row("", service, "together", "", "", _signed(amount))
    yield table


def change_summary(changed: Difference) -> str:
    """Return the difference in one line."""
    open_ = f", without {_items(len(changed.unpriced))} of unknown cost" if changed.unpriced else ""
    return f"{_signed(changed.total)} USD a month{open_}"


def _usage(usage: UsageConfig) -> Iterator[RenderableType]:
    amounts = list(usage.model_dump(by_alias=True).items())
    rows = -(-len(amounts) // _USAGE_COLUMNS)
    shown: list[Table] = []
    for start in range(0, len(amounts), rows):
        table = _table("Assumed usage", Amount="right")
        for key, amount in amounts[start : start + rows]:
            table.add_row(key, _quantity(amount))
        shown.append(table)
    yield Columns(shown, padding=(0, 4))


def _plan(planned: list[Compared]) -> Table:
    table = _table("Plan", Planned="right", Estimated="right", Difference="right", Why="left")
    table.title = "Compared with the plan for phase 3"
    for each in planned:
        why = [each.why, f"{_items(each.unpriced)} without a price not included" if each.unpriced else ""]
        amounts = (_usd(each.planned), _usd(each.estimated), _signed(each.estimated - each.planned))
        table.add_row(each.name, *amounts, "; ".join(filter(None, why)))
    first = sum((each.planned for each in planned), Decimal())
    second = sum((each.estimated for each in planned), Decimal())
    table.add_section()
    table.add_row("[bold]Total[/bold]", _usd(first), _usd(second), _signed(second - first), "")
    return table


def _table(first: str, **others: Any) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column(first, overflow="fold")
    for name, justify in others.items():
        table.add_column(name, justify=justify, overflow="fold")
    return table


def _usd(amount: Decimal | None) -> str:
    if amount is None:
        return "no price"
    return f"{amount:,.2f}" if amount else "-"


def _signed(amount: Decimal | None) -> str:
    return "?" if amount is None else f"{amount:+,.2f}"


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _quantity(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"


def _cents(amount: Decimal | None) -> float | None:
    return None if amount is None else float(round(amount, 2))
