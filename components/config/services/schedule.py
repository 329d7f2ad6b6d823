"""The schedule of a cron job: five fields, as Kubernetes' parser takes them."""

import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, StringConstraints

_MINUTES_PER_DAY = 24 * 60
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class _Field(NamedTuple):
    name: str
    first: int
    last: int
    words: Sequence[str] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    # Sunday is 0 and nothing else: the parser of robfig/cron, which Kubernetes uses, does not know 7.
    _Field("day of the week", 0, 6, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)


@dataclass(frozen=True)
class _Times:
    """The values of each field, and whether the days of the month or of the week are left open."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    any_day_of_week: bool


def shortest_gap_minutes(schedule: str) -> int:
    """Minutes between two times of the schedule, at least, if it were for every day."""
    times = _parsed(schedule)
    of_day = sorted(hour * 60 + minute for hour in times.hours for minute in times.minutes)
    following = [*of_day[1:], of_day[0] + _MINUTES_PER_DAY]
    return min(then - now for now, then in zip(of_day, following, strict=True))


def _a_schedule(text: str) -> str:
    times = _parsed(text)
    if times.any_day_of_week and all(min(times.days) > _LONGEST_MONTHS[month - 1] for month in times.months):
        raise ValueError("no month of it has such a day")
    return text


def _parsed(text: str) -> _Times:
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"{len(parts)} fields instead of five")
    minutes, hours, days, months, _ = [_values(part, field) for part, field in zip(parts, _FIELDS, strict=True)]
    return _Times(minutes, hours, days, months, parts[4] in ("*", "*/1"))


def _values(text: str, field: _Field) -> frozenset[int]:
    return frozenset(value for item in text.split(",") for value in _range(item, field))


def _range(item: str, field: _Field) -> range:
    match = re.fullmatch(r"(\*|(\w+)(-(\w+))?)(/(\d+))?", item, re.ASCII)
    if not match:
        raise ValueError(f"{item!r} is no {field.name}")
    step = int(match[6]) if match[5] else 1
    if match[1] == "*":
        first, last = field.first, field.last
    else:
        first = _value(match[2], field)
        # A single number with a step goes on to the end.
        last = _value(match[4], field) if match[3] else field.last if match[5] else first
    if not step or first > last:
        raise ValueError(f"{item!r} is no {field.name}")
    return range(first, last + 1, step)


def _value(word: str, field: _Field) -> int:
    if word.lower() in field.words:
        return field.words.index(word.lower()) + field.first
    if not word.isdecimal() or not field.first <= int(word) <= field.last:
        raise ValueError(f"{word} is no {field.name}, which is {field.first} to {field.last}")
    return int(word)


def _a_zone(name: str) -> str:
    # A machine without the data base of time zones knows none: there, Kubernetes is the one to refuse a name.
    known = zoneinfo.available_timezones()
    if known and name not in known:
        raise ValueError("no such zone in the IANA data base")
    return name


Schedule = Annotated[str, AfterValidator(_a_schedule)]
TimeZone = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"), AfterValidator(_a_zone)
]
