"""A calendar of daily values: a row a week, a column a weekday, the newest week first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Day(NamedTuple):
    """One day of a calendar: `value` None where nothing was recorded; `inside` False before the first and after the
    last day that is told of."""

    value: float | None
    inside: bool


class Week(NamedTuple):
    """Seven days from a Monday on, whose date in ISO 8601 is `monday`."""

    monday: str
    days: tuple[Day, ...]


def weeks(values: Sequence[float | None], now: str, zone: str) -> list[Week]:
    """The values of consecutive days, oldest first, of which the last is the local day of `now`."""
    last = datetime.fromisoformat(now).astimezone(ZoneInfo(zone)).date()
    first = last - timedelta(days=len(values) - 1)
    before, after = first.weekday(), 6 - last.weekday()
    outside = Day(None, inside=False)
    days = [*[outside] * before, *(Day(value, inside=True) for value in values), *[outside] * after]
    monday = first - timedelta(days=before)
    rows = [
        Week((monday + timedelta(days=start)).isoformat(), tuple(days[start : start + 7]))
        for start in range(0, len(days), 7)
    ]
    return rows[::-1]
