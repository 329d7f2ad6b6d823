"""The times of cron expressions with five fields, as the parser of robfig/cron reads them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Sequence[tuple[int, int, Sequence[str]]] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_MOST_DAYS = 5 * 366
"""Days that are searched, as robfig/cron searches five years."""


def following(expression: str, after: datetime) -> datetime | None:
    """Return the first time of the expression after another one, in its zone; None if there is none in five years.

    Raises:
        ValueError: It is no cron expression.
    """
    parts = expression.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"expected exactly 5 fields, found {len(parts)}: {parts}")
    minutes, hours, days, months, weekdays = (_values(part, *field) for part, field in zip(parts, _FIELDS, strict=True))
    # If both kinds of days are given, either of them does.
    either = not parts[2].startswith("*") and not parts[4].startswith("*")
    for number in range(_MOST_DAYS):
        day = (after + timedelta(days=number)).date()
        right = (day.day in days, day.isoweekday() % 7 in weekdays)
        if day.month not in months or not (any(right) if either else all(right)):
            continue
        for hour in sorted(hours):
            for minute in sorted(minutes):
                found = datetime(day.year, day.month, day.day, hour, minute, tzinfo=after.tzinfo)
                if found > after:
                    return found
    return None


def within(start: str, end: str, zone: str, now: datetime) -> bool:
    """Return whether it is between a time of `start` and the next one of `end`, both in the zone.

    Raises:
        ValueError: One of them is no cron expression.
        zoneinfo.ZoneInfoNotFoundError: There is no such zone.
    """
    local = now.astimezone(ZoneInfo(zone))
    starts, ends = following(start, local), following(end, local)
    return ends is not None and (starts is None or ends <= starts)


def _values(text: str, first: int, last: int, words: Sequence[str]) -> set[int]:
    found: set[int] = set()
    for item in text.split(","):
        span, _, step = item.partition("/")
        low, _, high = span.partition("-")
        if span == "*":
            numbers = range(first, last + 1)
        else:
            least = _number(low, first, words)
            most = _number(high, first, words) if high else last if step else least
            numbers = range(least, most + 1)
        if not numbers or numbers[0] < first or numbers[-1] > last or step == "0":
            raise ValueError(f"not in the range of {first} to {last}: {item}")
        found |= set(numbers[:: int(step or 1)])
    return found


def _number(text: str, first: int, words: Sequence[str]) -> int:
    return words.index(text.lower()) + first if text.lower() in words else int(text)
