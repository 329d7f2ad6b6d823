"""Compares two estimates item by item."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from analysis.cost.model import PENDING, Estimate, Line, sums

_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Change:
    """An item of the bill before and after, in USD a month: 0 if the item is absent, None if its cost is unknown."""

    resource: str
    service: str
    what: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Change in USD a month; None if the cost on either side is unknown."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Difference:
    """The items of the bill that differ between two estimates."""

    changes: tuple[Change, ...]

    @property
    def total(self) -> Decimal:
        """Change in USD a month, without the changes that have no price."""
        return sum((change.difference or Decimal() for change in self.changes), Decimal())

    @property
    def by_service(self) -> dict[str, Decimal]:
        """Change in USD a month by AWS service, the largest first."""
        return sums((change.service, change.difference) for change in self.changes)

    @property
    def unpriced(self) -> tuple[Change, ...]:
        """Changes that are not in the total, because their cost is unknown on at least one side."""
        return tuple(change for change in self.changes if change.difference is None)


def difference(before: Estimate, after: Estimate) -> Difference:
    """Return the items that are added, removed or change in cost: those of unknown cost first, then the largest."""
    old, new = _items(before), _items(after)
    open_before, open_after = _pending(before), _pending(after)
    names_before, names_after = ({line.resource for line in each.lines} for each in (before, after))
    changes: list[Change] = []
    for key in {**old, **new}:
        resource, service, kind = key
        one, other = old.get(key), new.get(key)
        if kind == PENDING and resource in names_before & names_after:
            continue  # the items that are missing say so
        change = Change(
            resource, service, _what(kind, one, other), _amount(one, resource in open_before),
            _amount(other, resource in open_after),
        )  # fmt: skip
        if change.difference or (change.difference is None and _described(one) != _described(other)):
            changes.append(change)
    return Difference(tuple(sorted(changes, key=_size, reverse=True)))


def _items(estimate: Estimate) -> dict[_Key, list[Line]]:
    """Group the lines by the key that identifies an item in both estimates."""
    found: defaultdict[_Key, list[Line]] = defaultdict(list)
    for line in estimate.lines:
        found[line.resource, line.service, line.kind].append(line)
    return found


def _pending(estimate: Estimate) -> set[str]:
    return {line.resource for line in estimate.lines if line.pending}


def _amount(lines: list[Line] | None, pending: bool) -> Decimal | None:
    if not lines:
        return None if pending else Decimal()
    amounts = [line.monthly for line in lines]
    return None if None in amounts else sum((amount or Decimal() for amount in amounts), Decimal())


def _described(lines: list[Line] | None) -> list[tuple[str, Decimal]]:
    return [(line.what, line.quantity) for line in lines or ()]


def _what(kind: str, before: list[Line] | None, after: list[Line] | None) -> str:
    """Describe the item, with its size before and after if it has one."""
    sizes = [line.what.partition(": ")[2] for lines in (before, after) for line in (lines or [])[:1]]
    seen = " -> ".join(dict.fromkeys(filter(None, sizes)))
    return f"{kind}: {seen}" if seen else kind


def _size(change: Change) -> Decimal:
    return Decimal("Infinity") if change.difference is None else abs(change.difference)
