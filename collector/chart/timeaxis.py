"""Ticks of the time axis: on hours, midnights, Mondays, months and years as a zone's calendar has them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_HOUR, _DAY, _MONTH, _YEAR = 3600, 86400, 2_629_800, 31_557_600


@dataclass(frozen=True, slots=True)
class _Step:
    """Ticks each `many` of a unit of the calendar, about `seconds` apart, with labels of about `letters` letters."""

    unit: Literal["hour", "day", "week", "month", "year"]
    many: int
    seconds: int
    letters: int


_STEPS = (
    *(_Step("hour", many, many * _HOUR, 6) for many in (1, 2, 3, 6, 12)),
    _Step("day", 1, _DAY, 7),
    _Step("week", 1, 7 * _DAY, 7),
    *(_Step("month", many, many * _MONTH, 5) for many in (1, 3, 6)),
    *(_Step("year", many, many * _YEAR, 5) for many in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A label and the UTC second that it stands at."""

    time: int
    label: str


def time_ticks(start: int, end: int, zone: ZoneInfo, letters: int) -> tuple[TimeTick, ...]:
    """The ticks of a window, ascending, as close as `letters` letters of labels in a row allow.

    Years stand in the place of January and dates in the place of midnight, so that no label needs a second row. A
    window that is shorter than its finest step, or holds none of them, is marked at its start.
    """
    fitting = (step for step in _STEPS if (end - start) / step.seconds * step.letters <= letters)
    step = next(fitting, _STEPS[-1])
    ticks = [TimeTick(at, _label(at, step, zone)) for at in _times(step, start, end, zone) if start <= at <= end]
    return tuple(ticks) or (TimeTick(start, _label(start, _Step("day", 1, _DAY, 7), zone)),)


@lru_cache(maxsize=4096)
def day(at: int, zone: ZoneInfo) -> str:
    """A date for people: `24 Nov 2026`."""
    local = _local(at, zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone)


def _times(step: _Step, start: int, end: int, zone: ZoneInfo) -> Iterator[int]:
    first, last = _local(start, zone).date(), _local(end, zone).date()
    if step.unit == "hour":
        yield from _hours(step.many, first, last, zone)
        return
    for midnight in _days(step, first, last):
        yield int(datetime.combine(midnight, time(), zone).timestamp())


def _hours(many: int, first: date, last: date, zone: ZoneInfo) -> Iterator[int]:
    """Each hour of the clock once: one that summer time skips falls on the next and is left out."""
    for offset in range((last - first).days + 1):
        for hour in range(0, 24, many):
            at = int(datetime.combine(first + timedelta(offset), time(hour), zone).timestamp())
            if _local(at, zone).hour == hour:
                yield at


def _days(step: _Step, first: date, last: date) -> Iterator[date]:
    if step.unit == "year":
        yield from (date(year, 1, 1) for year in range(first.year, last.year + 1) if year % step.many == 0)
    elif step.unit == "month":
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        yield from (date(month // 12, month % 12 + 1, 1) for month in months if month % 12 % step.many == 0)
    else:
        every = 7 if step.unit == "week" else 1
        begin = first - timedelta(first.weekday() if every == 7 else 0)
        yield from (begin + timedelta(offset) for offset in range(0, (last - begin).days + 1, every))


def _label(at: int, step: _Step, zone: ZoneInfo) -> str:
    local = _local(at, zone)
    if step.unit == "hour" and local.hour:
        return f"{local.hour:02}:{local.minute:02}"
    if step.unit in ("hour", "day", "week"):
        return f"{local.day} {MONTHS[local.month - 1]}"
    return str(local.year) if local.month == 1 else MONTHS[local.month - 1]
